"""What a run is made of, from arrays; and what is recorded of it."""

import hashlib
import sys
from pathlib import Path
from statistics import harmonic_mean
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from archbench.base import files
from archbench.base.errors import Refused
from archbench.base.records import DatasetRecord, RunRecord
from archbench.networks import backend, classifier
from archbench.networks.backend import Backend
from archbench.networks.classifier import Classifier
from archbench.training import finetuning
from archbench.training.config import Training
from archbench.training.loop import SMALL, Examples, Task, Trained, best_row
from archbench.training.random import Stream, reseed_globals
from archbench.training.recipe import Recipe

Array = NDArray[Any]


def make_task(
    asked: Training,
    architecture: str,
    seed: int,
    dataset: DatasetRecord,
    images_nhwc: Array,
    labels: Array,
    train: Array,
    validation: Array,
) -> Task:
    """`train` and `validation` are indices; the budget takes a prefix of `train`.

    A digit's mirror image is no digit: unless `dataset` is mirrorable nothing is flipped.
    """
    recipe = asked.recipe_of(architecture)
    where = backend.configure(asked.precision, asked.compile)
    if not dataset.mirrorable:
        recipe = recipe.unflipped()
    train = train[: recipe.train_images]
    if (asked.batch_size or 0) > len(train):
        raise Refused(
            f"params.yaml: batch_size = {asked.batch_size}: should be at most {len(train)}, "
            f"the training images of {architecture}, or empty"
        )
    return Task(
        recipe=recipe.fitted(len(train)),
        train=_resident(images_nhwc, labels, train, where),
        validation=_resident(images_nhwc, labels, validation, where),
        classes=len(dataset.classes),
        seed=seed,
        backend=where,
    )


def _resident(images: Array, labels: Array, index: Array, where: Backend) -> Examples:
    rows = np.sort(index)
    return Examples(
        images=where.upload(images[rows]),
        labels=where.upload(labels[rows].astype(np.int64)),
    )


def make_model(architecture: str, task: Task) -> Classifier:
    """Weights drawn from the seed, or begun from others; normalisation of the training images."""
    reseed_globals(task.seed, 0, Stream.WEIGHTS)
    height, width, channels = task.train.images.shape[1:]
    shape = (height, width, channels)
    model = classifier.build(architecture, task.classes, shape, task.recipe.options)
    model.measure(task.train.images)
    if source := task.recipe.init_from:
        finetuning.begin(model, finetuning.find(source), source)
    return model.to(task.backend.device)


def identity(architecture: str, task: Task, model: Classifier) -> dict[str, Any]:
    """With the data, everything that decides the run's result: first weights and code too."""
    first = hashlib.sha256()
    for value in model.state_dict().values():
        first.update(value.cpu().contiguous().numpy().tobytes())
    ours = sorted(name for name in sys.modules if name.startswith("archbench"))
    sources = {name: Path(str(sys.modules[name].__file__)) for name in ours}
    return {
        "architecture": architecture,
        "seed": task.seed,
        "recipe": task.recipe.model_dump(),
        "train_images": len(task.train.labels),
        "first_weights": first.hexdigest(),
        "code": {name: files.sha256(source) for name, source in sources.items()},
        "compiles": task.backend.compiles,
        # an unfinished run may go on with other threads, and its curve then says so
        **task.backend.describe() | {"threads": None},
    }


def record(
    asked: Training,
    architecture: str,
    model: Classifier,
    task: Task,
    trained: Trained,
    weights: dict[str, str],
) -> RunRecord:
    """`weights` are the digests of the files that hold them."""
    best, seconds = best_row(trained.curve), [row["seconds"] for row in trained.curve]
    return RunRecord(
        architecture=architecture,
        seed=task.seed,
        recipe=asked.recipe,
        budget=asked.budget,
        hyperparameters=task.recipe.model_dump(exclude={"quick"}),
        train_images=len(task.train.labels),
        validation_images=len(task.validation.labels),
        parameters=sum(weight.numel() for weight in model.parameters()),
        pixel_fraction=pixel_fraction(task.recipe, len(seconds)),
        train_seconds=sum(seconds),
        images_per_second=harmonic_mean(row["images_per_second"] for row in trained.curve),
        seconds_spread=seconds_spread(task.recipe, seconds),
        peak_memory_gb=task.backend.peak_memory_gb(),
        epochs=len(seconds),
        stopped=trained.stopped,
        best_epoch=best["epoch"],
        best_validation_accuracy=best["validation_accuracy"],
        compiled=all(row["compiled"] for row in trained.curve),
        weights=weights,
        **task.backend.describe() | {"threads": min(row["threads"] for row in trained.curve)},
    )


def seconds_spread(recipe: Recipe, seconds: list[float]) -> float:
    """The slowest epoch's time over the fastest's, each for as many pixels."""
    seen = [epochs * pixel_fraction(recipe, epochs) for epochs in range(1, len(seconds) + 1)]
    shares = np.diff([0.0, *seen])
    each = np.array(seconds) / shares
    return float(each.max() / each.min())


def pixel_fraction(recipe: Recipe, epochs: int) -> float:
    """The share of the images' pixels that training saw in so many epochs, small images first."""
    small = min(recipe.progressive_resizing * recipe.epochs / epochs, 1.0)
    return 1 - small * (1 - SMALL**2)


def curve_table(trained: Trained) -> pd.DataFrame:
    """A row per epoch; in the last, `stopped` names the rule that ended the run early."""
    stopped = [""] * (len(trained.curve) - 1) + [trained.stopped or ""]
    return pd.DataFrame(trained.curve).assign(stopped=stopped)
