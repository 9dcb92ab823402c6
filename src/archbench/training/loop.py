"""The epoch loop. Read top to bottom, it is a training run."""

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
from archbench.networks.weights import Weights, copy_of
from archbench.training import checkpoint, geometry, progress, stopping, threads
from archbench.training.augmentation import augment, draw
from archbench.training.learner import Learner
from archbench.training.mixing import make_mixer
from archbench.training.random import Stream, generator, reseed_globals
from archbench.training.recipe import Recipe
from archbench.training.stopwatch import FAR, Stopwatch
from archbench.training.tracking import Log

Row = dict[str, float]

SMALL = 0.75
"""Side of the images that progressive resizing begins with, as a fraction of theirs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Examples:
    """Images uint8 (N, H, W, C) and labels int64 (N,), resident on the device."""

    images: Tensor
    labels: Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What a run is given: nothing else decides its result."""

    recipe: Recipe
    train: Examples
    validation: Examples
    classes: int
    seed: int
    backend: Backend

    @property
    def steps(self) -> int:
        """Updates per epoch; images that do not fill a last batch wait for another epoch."""
        return len(self.train.labels) // self.recipe.batch_size


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """The weights of the best epoch by validation accuracy and of the last, and the curve."""

    best: Weights
    last: Weights
    curve: list[Row]
    stopped: str | None = None
    """The rule that ended the run before its last epoch, if one did."""


def fit(model: Classifier, task: Task, directory: Path, log: Log = lambda row: None) -> Trained:
    """Train from the last epoch whose state `directory` holds, or from the start.

    `log` is told every epoch of the curve, those of before too.
    """
    updates = task.steps * task.recipe.epochs
    learner = Learner(model, task.recipe, updates, task.backend)
    curve: list[Row] = []
    best = copy_of(learner.judged)
    if state := checkpoint.load(directory):
        learner.load_state_dict(state["learner"])
        curve, best = state["curve"], state["best"]
        progress.say(f"going on after epoch {len(curve)} of {task.recipe.epochs}")
        for row in curve:
            log(row)
    stopped = None
    for epoch in range(len(curve), task.recipe.epochs):
        if stopped := stopping.reason(losses(curve), task.recipe.early_stopping):
            progress.say(f"stopped after epoch {epoch} of {task.recipe.epochs}: {stopped}")
            break
        row = train_epoch(learner, task, epoch)
        learner.settle(task.train.images)
        curve.append(row | judge(learner, task))
        learner.schedule.judge(curve[-1]["validation_loss"])
        if best_row(curve) is curve[-1]:
            best = copy_of(learner.judged)
        progress.say(_line(curve[-1], task.recipe.epochs))
        log(curve[-1])
        if (epoch + 1) % (task.recipe.checkpoint_every or task.recipe.epochs + 1) == 0:
            checkpoint.keep(directory, epoch + 1, copy_of(learner.judged))
        state = {"learner": learner.state_dict(), "curve": curve, "best": best}
        checkpoint.save(directory, epoch + 1, state)
    if remark := nothing_learned(curve, task.validation.labels):
        progress.say(f"the best epoch's network {remark}")
    return Trained(best=best, last=copy_of(learner.judged), curve=curve, stopped=stopped)


def losses(curve: list[Row]) -> list[float]:
    return [row["validation_loss"] for row in curve]


def train_epoch(learner: Learner, task: Task, epoch: int) -> Row:
    """One pass over the images. Losses and hits stay on the device until the end of it."""
    learner.train()
    reseed_globals(task.seed, epoch, Stream.NOISE)
    step_losses = torch.zeros(task.steps, device=task.backend.device)
    hits = torch.zeros((), device=task.backend.device)
    rates: list[float] = []
    slowed = False
    taken = threads.take_free()
    watch = Stopwatch(task.backend.device)
    watch.mark()
    bar = progress.bar(batches(learner, task, epoch), f"epoch {epoch + 1}", task.steps)
    for step, (images, targets) in enumerate(bar):
        update = epoch * task.steps + step
        rates.append(learner.schedule.advance(update))
        with task.backend.autocast():
            logits = learner.forward(images)
        loss = F.cross_entropy(logits.float(), targets)
        learner.update(loss, update)
        step_losses[step] = loss.detach()
        hits += (logits.detach().argmax(1) == targets.argmax(1)).sum()
        watch.mark()
        slowed = slowed or _say_slow(watch.slowdown())
    right = hits.item()  # waits for the device
    _refuse_divergence(step_losses, epoch, rates)
    return {
        "epoch": epoch + 1,
        "train_loss": step_losses.mean().item(),
        "train_accuracy": right / (task.steps * task.recipe.batch_size),
        "lr": rates[-1],
        "seconds": watch.total(),
        "images_per_second": task.recipe.batch_size / watch.median(),
        "threads": taken,
        "compiled": task.backend.has_compiled(),
    }


def batches(learner: Learner, task: Task, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Shuffled, augmented, mixed: images (B, C, H, W) in [0, 1] and targets (B, classes).

    Small at first, if the recipe has progressive resizing (Tan & Le 2021).
    """
    recipe, device, count = task.recipe, task.backend.device, len(task.train.labels)
    order = torch.randperm(count, generator=generator(task.seed, epoch, Stream.ORDER))
    height, width = task.train.images.shape[1:3]
    draws = draw(count, (height, width), recipe.augmentation, task.seed, epoch).to(device)
    mix = make_mixer(recipe, task.classes)
    used = order[: task.steps * recipe.batch_size].to(device)
    small_until = recipe.progressive_resizing * task.steps * recipe.epochs
    for update, index in enumerate(used.split(recipe.batch_size), epoch * task.steps):
        images, labels = task.train.images[index], task.train.labels[index]
        images = augment(images, draws[index], recipe.augmentation, fill=learner.model.mean)
        if update < small_until:
            images = geometry.shrink(images, SMALL)
        yield mix(images, labels)


def judge(learner: Learner, task: Task) -> Row:
    """Loss and accuracy on unaugmented validation images, and how many classes are predicted."""
    logits = predict(learner.judged, task.validation.images, task.backend)
    labels, guesses = task.validation.labels, logits.argmax(1)
    return {
        "validation_loss": F.cross_entropy(logits, labels).item(),
        "validation_accuracy": (guesses == labels).float().mean().item(),
        "classes_named": len(guesses.unique()),
    }


def best_row(curve: list[Row]) -> Row:
    """The first epoch of the highest validation accuracy."""
    return max(curve, key=lambda row: row["validation_accuracy"])


def nothing_learned(curve: list[Row], validation_labels: Tensor) -> str | None:
    best = best_row(curve)
    named = int(best["classes_named"])
    return predictions.chance_remark(validation_labels.cpu(), best["validation_accuracy"], named)


def _refuse_divergence(losses: Tensor, epoch: int, rates: list[float]) -> None:
    diverged = (~losses.isfinite()).nonzero()
    if len(diverged):
        step = int(diverged[0])
        raise Refused(
            f"training diverged: the loss is {losses[step].item()} in epoch {epoch + 1}, "
            f"step {step + 1}, at learning rate {rates[step]:.3g}; try a lower lr"
        )


def _say_slow(slowdown: float) -> bool:
    if slowdown < FAR:
        return False
    progress.say(
        f"steps take {slowdown:.0f} times as long as this epoch's fastest: "
        "other work is on the machine"
    )
    return True


def _line(row: dict[str, Any], epochs: int) -> str:
    return (
        f"epoch {row['epoch']}/{epochs}  lr {row['lr']:.2g}"
        f"  train loss {row['train_loss']:.3f} accuracy {row['train_accuracy']:.1%}"
        f"  validation loss {row['validation_loss']:.3f} accuracy {row['validation_accuracy']:.1%}"
        f"  {row['images_per_second']:,.0f} images/s"
    )
