"""From params.yaml and arrays to a run's task and model, and from its result to its record."""

import hashlib
import math
import sys
from functools import partial
from pathlib import Path
from statistics import harmonic_mean
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from archbench.base import files
from archbench.base.errors import Refused
from archbench.base.records import DatasetRecord, RunRecord
from archbench.networks import classifier
from archbench.networks.backend import Backend, configure
from archbench.networks.classifier import Classifier
from archbench.networks.images import hold
from archbench.training import budget, finetuning
from archbench.training.config import Training
from archbench.training.loop import Examples, Result, Row, Task, best_epoch
from archbench.training.random import Stream, reseed_globals
from archbench.training.recipe import Recipe
from archbench.training.transforms import SMALL_SCALE
from archbench.training.world import ALONE, World

Array = NDArray[Any]


def make_task(
    config: Training,
    architecture: str,
    seed: int,
    dataset: DatasetRecord,
    images_nhwc: Array,
    labels: Array,
    train: Array,
    validation: Array,
    *,
    world: World = ALONE,
) -> Task:
    """The images (N, H, W, C), uint8, and labels (N,) at the indices of each split.

    They are on the device, but for images that do not fit there. The budget uses the first of the
    `train` indices. If the data set is not mirrorable, as digits are not, no image is flipped.
    Several processes do not compile. Refused if params.yaml's batch is larger than the training
    set.
    """
    recipe = config.recipe_of(architecture)
    backend = configure(config.precision, config.compile if world.size == 1 else "never")
    if not dataset.mirrorable:
        recipe = recipe.without_flip()
    if petaflop := config.selected_budget.petaflop:
        cost = _cost(architecture, recipe, dataset)
        recipe = budget.afford(recipe, petaflop, cost, len(train))
    train = train[: recipe.train_images]
    if (config.batch_size or 0) > len(train):
        raise Refused(
            f"params.yaml: batch_size = {config.batch_size}: should be at most {len(train)}, "
            f"the training images of {architecture}, or empty"
        )
    recipe = recipe.limit_batch(len(train))
    size = images_nhwc[0].nbytes * (len(train) + len(validation))
    take = partial(_examples, images_nhwc, labels, backend, backend.holds(size))
    return Task(
        recipe=recipe,
        train=take(train),
        validation=take(validation),
        classes=len(dataset.classes),
        seed=seed,
        backend=backend,
        world=world,
    )


def _cost(architecture: str, recipe: Recipe, dataset: DatasetRecord) -> budget.Cost:
    shape = dataset.image_shape
    network = classifier.build(architecture, len(dataset.classes), shape, recipe.options)
    return budget.cost(network, recipe, shape)


def _examples(
    images: Array, labels: Array, backend: Backend, resident: bool, index: Array
) -> Examples:
    rows = np.sort(index)
    return Examples(
        images=hold(images, rows, backend, resident=resident),
        labels=backend.upload(labels[rows].astype(np.int64)),
    )


def make_model(architecture: str, task: Task) -> Classifier:
    """Its weights follow from the seed or are pretrained; its normalisation, from the images.

    Refused if the weights of `init_from` cannot be loaded or do not fit.
    """
    reseed_globals(task.seed, 0, Stream.WEIGHTS)
    height, width, channels = task.train.images.shape[1:]
    shape = (height, width, channels)
    model = classifier.build(architecture, task.classes, shape, task.recipe.options)
    model.measure(task.train.images)
    if source := task.recipe.init_from:
        finetuning.initialise(model, finetuning.load(source), source)
    return model.to(task.backend.device)


def identity(architecture: str, task: Task, model: Classifier) -> dict[str, Any]:
    """Everything but the data that decides the run's result, first weights and code included."""
    first_weights = hashlib.sha256()
    for value in model.state_dict().values():
        first_weights.update(value.cpu().contiguous().numpy().tobytes())
    modules = sorted(name for name in sys.modules if name.startswith("archbench"))
    sources = {name: Path(str(sys.modules[name].__file__)) for name in modules}
    return {
        "architecture": architecture,
        "seed": task.seed,
        "recipe": task.recipe.model_dump(),
        "train_images": len(task.train.labels),
        "first_weights": first_weights.hexdigest(),
        "code": {name: files.sha256(source) for name, source in sources.items()},
        "compiles": task.backend.compiles,
        "processes": task.world.size,
        # a run may be resumed with another number of threads, which its curve records
        **task.backend.describe() | {"threads": None},
    }


def record(
    config: Training,
    architecture: str,
    model: Classifier,
    task: Task,
    result: Result,
    weights: dict[str, str],
) -> RunRecord:
    """What run.json holds. `weights` are the sha256 of the weights' files, by their names."""
    best, seconds = best_epoch(result.curve), [row["seconds"] for row in result.curve]
    height, width, channels = task.train.images.shape[1:]
    cost = budget.cost(model, task.recipe, (height, width, channels))
    return RunRecord(
        architecture=architecture,
        seed=task.seed,
        recipe=config.recipe,
        budget=config.budget,
        hyperparameters=task.recipe.model_dump(),
        train_images=len(task.train.labels),
        validation_images=len(task.validation.labels),
        parameters=sum(weight.numel() for weight in model.parameters()),
        budget_petaflop=config.selected_budget.petaflop,
        train_petaflop=budget.spent(task.recipe, cost, task.steps, len(seconds)),
        train_seconds=sum(seconds),
        images_per_second=harmonic_mean(row["images_per_second"] for row in result.curve),
        seconds_spread=seconds_spread(task.recipe, seconds),
        energy_joules=energy_joules(result.curve),
        peak_memory_gb=result.peak_memory_gb,
        images="resident" if isinstance(task.train.images, Tensor) else "streamed",
        processes=task.world.size,
        epochs=len(seconds),
        stopped=result.stopped,
        best_epoch=best["epoch"],
        best_validation_accuracy=best["validation_accuracy"],
        compiled=all(row["compiled"] for row in result.curve),
        weights=weights,
        **task.backend.describe() | {"threads": min(row["threads"] for row in result.curve)},
    )


def energy_joules(curve: list[Row]) -> float | None:
    """The sum over the epochs; None if one was not counted, or if the counters stood still."""
    joules = sum(row.get("joules", math.nan) for row in curve)
    return joules if joules > 0 else None


def seconds_spread(recipe: Recipe, seconds: list[float]) -> float:
    """The slowest epoch's time per pixel over the fastest's: 1 if nothing disturbed the run."""
    totals = [epochs * pixel_fraction(recipe, epochs) for epochs in range(1, len(seconds) + 1)]
    per_pixel = np.array(seconds) / np.diff([0.0, *totals])
    return float(per_pixel.max() / per_pixel.min())


def pixel_fraction(recipe: Recipe, epochs: int) -> float:
    """The fraction of the images' pixels that so many epochs saw: below 1 with small images."""
    return 1 - budget.small_fraction(recipe, epochs) * (1 - SMALL_SCALE**2)


def curve_table(result: Result) -> pd.DataFrame:
    """A row per epoch; the last one's `stopped` says why early stopping ended the run."""
    stopped = [""] * (len(result.curve) - 1) + [result.stopped or ""]
    return pd.DataFrame(result.curve).assign(stopped=stopped)
