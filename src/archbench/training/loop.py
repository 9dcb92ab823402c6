"""The epoch loop: a training run, to be read from top to bottom."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from archbench.base import predictions
from archbench.base.errors import Refused
from archbench.networks.backend import Backend
from archbench.networks.classifier import Classifier, predict
from archbench.networks.images import Images, fetch, part
from archbench.networks.weights import Weights, copy_of
from archbench.training import checkpoint, transforms
from archbench.training.augmentation import augment, draw, make_mixer
from archbench.training.energy import Meter
from archbench.training.learner import Learner
from archbench.training.optimisation import stop_reason
from archbench.training.random import Stream, generator, reseed_globals
from archbench.training.recipe import Recipe
from archbench.training.timing import SLOW_FACTOR, Stopwatch, set_threads
from archbench.training.tracking import Log, print_line, progress_bar
from archbench.training.world import ALONE, World

Row = dict[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Examples:
    """Images uint8 (N, H, W, C), and labels int64 (N,) on the device."""

    images: Images
    labels: Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """Everything that decides a run's result, but for the model's first weights."""

    recipe: Recipe
    train: Examples
    validation: Examples
    classes: int
    seed: int
    backend: Backend
    world: World = ALONE

    @property
    def steps(self) -> int:
        """Updates per epoch; each epoch leaves out the images that do not fill a last batch."""
        return len(self.train.labels) // self.recipe.batch_size


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The weights of the best epoch (by validation accuracy) and of the last, and the curve."""

    best: Weights
    last: Weights
    curve: list[Row]
    stopped: str | None = None
    """Why early stopping ended the run, if it did: stagnation or overfitting."""
    peak_memory_gb: float
    """Of all processes together, in 10⁹ bytes."""


def fit(model: Classifier, task: Task, directory: Path, log: Log = lambda row: None) -> Result:
    """Train, from the last epoch whose state is in `directory`, or from the start.

    `log` receives every epoch's row, also those of a resumed run's earlier epochs. Refused if the
    loss is no longer finite.
    """
    updates = task.steps * task.recipe.epochs
    learner = Learner(model, task.recipe, updates, task.backend, task.world)
    curve: list[Row] = []
    best = copy_of(learner.eval_model)
    if state := checkpoint.load(directory):
        learner.load_state_dict(state["learner"])
        curve, best = state["curve"], state["best"]
        print_line(f"going on after epoch {len(curve)} of {task.recipe.epochs}")
        for row in curve:
            log(row)
    stopped = None
    for epoch in range(len(curve), task.recipe.epochs):
        if stopped := stop_reason(losses(curve), task.recipe.early_stopping):
            print_line(f"stopped after epoch {epoch} of {task.recipe.epochs}: {stopped}")
            break
        row = train_epoch(learner, task, epoch)
        learner.update_batch_norm(task.train.images)
        curve.append(row | validate(learner, task))
        learner.schedule.step_epoch(curve[-1]["validation_loss"])
        if best_epoch(curve) is curve[-1]:
            best = copy_of(learner.eval_model)
        print_line(_epoch_line(curve[-1], task.recipe.epochs))
        log(curve[-1])
        if task.world.is_first:
            save(learner, task, directory, curve, best)
    if remark := chance_remark(curve, task.validation.labels):
        print_line(f"the best epoch's network {remark}")
    memory = torch.tensor(task.backend.peak_memory_gb(), device=task.backend.device)
    return Result(
        best=best,
        last=copy_of(learner.eval_model),
        curve=curve,
        stopped=stopped,
        peak_memory_gb=task.world.sum(memory).item(),
    )


def save(learner: Learner, task: Task, directory: Path, curve: list[Row], best: Weights) -> None:
    """Save the state after an epoch, and the weights if the recipe keeps this epoch's."""
    epoch, every = len(curve), task.recipe.checkpoint_every
    if every and epoch % every == 0:
        checkpoint.keep_weights(directory, epoch, copy_of(learner.eval_model))
    state = {"learner": learner.state_dict(), "curve": curve, "best": best}
    checkpoint.save(directory, epoch, state)


def losses(curve: list[Row]) -> list[float]:
    return [row["validation_loss"] for row in curve]


def train_epoch(learner: Learner, task: Task, epoch: int) -> Row:
    """One pass over the images. Losses and hits stay on the device until its end."""
    world, batch_size = task.world, task.recipe.batch_size
    learner.train()
    reseed_globals(task.seed, epoch, Stream.NOISE, world.rank)
    step_losses = torch.zeros(task.steps, device=task.backend.device)
    hits = torch.zeros((), device=task.backend.device)
    rates: list[float] = []
    threads, warned = set_threads(), False
    meter, watch = Meter(task.backend.device, world.size), Stopwatch(task.backend.device)
    watch.mark()
    shares, title = batches(learner, task, epoch), f"epoch {epoch + 1}"
    bar = progress_bar(shares, title, task.steps, wanted=world.is_first)
    for step, (images, targets) in enumerate(bar):
        update = epoch * task.steps + step
        rates.append(learner.schedule.step_update(update))
        with task.backend.autocast():
            logits = learner.forward(images)
        loss = F.cross_entropy(logits.float(), targets) * world.weight(len(images), batch_size)
        learner.update(loss, update)
        step_losses[step] = loss.detach()
        hits += (logits.detach().argmax(1) == targets.argmax(1)).sum()
        watch.mark()
        meter.mark()
        warned = warned or _warn_if_slow(watch.slowdown())
    correct = world.sum(hits).item()  # waits for the device
    step_losses = world.sum(step_losses) / world.size
    _refuse_divergence(step_losses, epoch, rates)
    return {
        "epoch": epoch + 1,
        "train_loss": step_losses.mean().item(),
        "train_accuracy": correct / (task.steps * batch_size),
        "lr": rates[-1],
        "seconds": watch.total(),
        "images_per_second": batch_size / watch.median(),
        "threads": threads,
        "compiled": task.backend.has_compiled(),
        **meter.row(),
    }


def batches(learner: Learner, task: Task, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """This process's share of the epoch's batches: images (B, C, H, W) in [0, 1] and targets
    (B, classes).

    They are shuffled, augmented and mixed; with progressive resizing (Tan & Le 2021) the run's
    first ones are small.
    """
    recipe, device, count = task.recipe, task.backend.device, len(task.train.labels)
    order = torch.randperm(count, generator=generator(task.seed, epoch, Stream.ORDER))
    height, width = task.train.images.shape[1:3]
    draws = draw(count, (height, width), recipe.augmentation, task.seed, epoch).to(device)
    mix = make_mixer(recipe, task.classes)
    used = order[: task.steps * recipe.batch_size].view(task.steps, recipe.batch_size)
    share = used[:, task.world.share(recipe.batch_size)]
    small_until = recipe.progressive_resizing * task.steps * recipe.epochs
    pairs = zip(share.to(device), fetch(task.train.images, share), strict=True)
    for update, (index, images) in enumerate(pairs, epoch * task.steps):
        images = augment(images, draws[index], recipe.augmentation, fill=learner.model.mean)
        if update < small_until:
            images = transforms.shrink(images, transforms.SMALL_SCALE)
        yield mix(images, task.train.labels[index])


def validate(learner: Learner, task: Task) -> Row:
    """Loss, accuracy and number of predicted classes on the validation images, unaugmented."""
    model, images = learner.eval_model, task.validation.images
    logits = task.world.join(
        lambda rows: predict(model, part(images, rows), task.backend), len(images)
    )
    labels, predicted = task.validation.labels, logits.argmax(1)
    return {
        "validation_loss": F.cross_entropy(logits, labels).item(),
        "validation_accuracy": (predicted == labels).float().mean().item(),
        "classes_named": len(predicted.unique()),
    }


def best_epoch(curve: list[Row]) -> Row:
    """The row of the first epoch with the highest validation accuracy."""
    return max(curve, key=lambda row: row["validation_accuracy"])


def chance_remark(curve: list[Row], validation_labels: Tensor) -> str | None:
    """A remark if the best epoch is no better than chance, else None."""
    best = best_epoch(curve)
    count = int(best["classes_named"])
    return predictions.chance_remark(validation_labels.cpu(), best["validation_accuracy"], count)


def _refuse_divergence(losses: Tensor, epoch: int, rates: list[float]) -> None:
    diverged = (~losses.isfinite()).nonzero()
    if len(diverged):
        step = int(diverged[0])
        raise Refused(
            f"training diverged: the loss is {losses[step].item()} in epoch {epoch + 1}, "
            f"step {step + 1}, at learning rate {rates[step]:.3g}; try a lower lr"
        )


def _warn_if_slow(slowdown: float) -> bool:
    if slowdown < SLOW_FACTOR:
        return False
    print_line(
        f"steps take {slowdown:.0f} times as long as this epoch's fastest: "
        "other work is on the machine"
    )
    return True


def _epoch_line(row: dict[str, Any], epochs: int) -> str:
    return (
        f"epoch {row['epoch']}/{epochs}  lr {row['lr']:.2g}"
        f"  train loss {row['train_loss']:.3f} accuracy {row['train_accuracy']:.1%}"
        f"  validation loss {row['validation_loss']:.3f} accuracy {row['validation_accuracy']:.1%}"
        f"  {row['images_per_second']:,.0f} images/s"
    )
