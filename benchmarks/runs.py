"""A study's run, trained once and kept as predictions, from which its row can be made again.

Its folder holds `predictions.npz` (probabilities in float32, and labels), the weights where another
study begins from them, and `run.json`, which is written last: a folder that has it is whole.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import accuracy
import numpy as np
import pandas as pd
import torch

from archbench.base import files
from archbench.base.predictions import make_table
from archbench.base.records import DatasetRecord, RunRecord
from archbench.download import sources
from archbench.download.catalogue import DATASETS
from archbench.download.decode import Arrays
from archbench.evaluation import scores
from archbench.networks import classifier, weights
from archbench.networks.classifier import Classifier
from archbench.split.splits import split
from archbench.training import checkpoint, loop, run
from archbench.training.config import Training

WEIGHTS = "best.safetensors"
RECORDED = (
    *("budget", "budget_petaflop", "train_petaflop", "train_images", "epochs", "stopped"),
    *("best_epoch", "best_validation_accuracy"),
    *("parameters", "train_seconds", "device", "precision", "threads"),
)


def load(values: dict[str, Any], folder: Path) -> accuracy.Data:
    """The data set in the folder of its name, downloaded if it is not there; split as asked."""
    dataset = DATASETS[values["dataset"]]
    arrays = [folder / dataset.name / f"{name}.npy" for name in Arrays._fields]
    if not all(path.exists() for path in arrays):
        found, _ = sources.load(dataset, values["data_directory"])
        for path, array in zip(arrays, found, strict=True):
            files.write_array(path, array)
    images, labels, test_images, test_labels = (np.array(files.read_array(p)) for p in arrays)
    train, validation = split(labels, values["validation"], values["split_seed"])
    height, width, channels = dataset.image_shape
    record = DatasetRecord(
        name=dataset.name,
        title=dataset.title,
        classes=list(dataset.classes),
        mirrorable=dataset.mirrorable,
        image_size=(height, width),
        channels=channels,
        sha256={},
    )
    return accuracy.Data(record, images, labels, train, validation, test_images, test_labels)


def is_whole(place: Path, *, kept: bool) -> bool:
    """`kept`: with weights."""
    return (place / "run.json").exists() and (not kept or (place / WEIGHTS).exists())


def train(
    training: Training,
    architecture: str,
    seed: int,
    data: accuracy.Data,
    place: Path,
    *,
    kept: bool,
) -> None:
    """Fill `place`. An unfinished training goes on; the test images are looked at once, at its end,
    with the weights of the best validation epoch."""
    task = run.make_task(training, architecture, seed, data.dataset, *data[1:5])
    model = run.make_model(architecture, task)
    state = checkpoint.fingerprint(run.identity(architecture, task, model), [])
    with checkpoint.lock(place.parents[2] / "unfinished" / state) as directory:
        trained = loop.fit(model, task, directory)
        model.load_state_dict(trained.best)
        write_predictions(place / "predictions.npz", predicted(model, task, data))
        if kept:
            weights.write(place / WEIGHTS, trained.best)
        record = run.record(training, architecture, model, task, trained, weights={})
        files.write_json(place / "run.json", described(record, trained, data))
        shutil.rmtree(directory)


def predicted(model: Classifier, task: loop.Task, data: accuracy.Data) -> dict[str, np.ndarray]:
    test, validation = torch.from_numpy(data.test_images), task.validation
    logits = {
        "test": classifier.predict(model, test, task.backend),
        "validation": classifier.predict(model, validation.images, task.backend),
    }
    probabilities = {name: values.softmax(1).cpu().numpy() for name, values in logits.items()}
    labels = {
        "test_labels": data.test_labels.astype(np.int64),
        "validation_labels": validation.labels.cpu().numpy(),
    }
    return probabilities | labels


def write_predictions(path: Path, arrays: dict[str, np.ndarray]) -> None:
    with files.atomic(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def described(record: RunRecord, trained: loop.Result, data: accuracy.Data) -> dict[str, Any]:
    return {
        "record": record.model_dump(mode="json"),
        "dataset": data.dataset.model_dump(mode="json"),
        "curve": trained.curve,
        "date": datetime.now(UTC).date().isoformat(),
    }


def row(place: Path) -> dict[str, Any]:
    """What is said of the run: a function of its folder and of the evaluation's code."""
    about = files.read_json(place / "run.json")
    record = RunRecord.model_validate(about["record"])
    dataset, last = DatasetRecord.model_validate(about["dataset"]), about["curve"][-1]
    test, validation = tables(place, record.seed, dataset.classes)
    shape = (dataset.channels, *dataset.image_size)
    return {
        "date": about["date"],
        **{key: getattr(record, key) for key in RECORDED},
        "gflops": classifier.gflops(classifier.rebuild(record, dataset), shape),
        "train_accuracy": last["train_accuracy"],
        "train_loss": last["train_loss"],
        "test_images": len(test),
        **scores.of_seed(test, validation),
        "curve": [round(epoch["validation_accuracy"], 4) for epoch in about["curve"]],
    }


def tables(place: Path, seed: int, classes: list[str]) -> list[pd.DataFrame]:
    with np.load(place / "predictions.npz", allow_pickle=False) as kept:
        return [
            make_table(seed, kept[f"{name}_labels"], kept[name], classes)
            for name in ("test", "validation")
        ]
