"""The runs behind docs/claims.md: each system as its authors ran it and as we do, and comparisons.

    python benchmarks/studies.py [--budget quick] [--seeds 1] [STUDY ...]

Writes results/studies.json after each run, and leaves out what it has: cut off, it goes on where
it was. A run counts as had if it was of the same recipe, data and budget. `--data` holds a folder
for each data set; what is missing is downloaded there.
"""

import argparse
import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import accuracy
import measure
import numpy as np
import pandas as pd
import torch

from archbench import files, params
from archbench.data import sources
from archbench.data.catalogue import DATASETS
from archbench.data.splits import split
from archbench.evaluation import cost, scores
from archbench.evaluation.predictions import make_table
from archbench.models import classifier, weights
from archbench.models.classifier import Classifier
from archbench.training import checkpoint, loop, run
from archbench.training.recipe import PRETRAINED

ROWS = measure.RESULTS / "studies.json"


class Study(NamedTuple):
    """One architecture under one recipe."""

    architecture: str
    changes: dict[str, Any]
    """Of params.yaml, by dotted key, as `dvc exp run -S` would make them."""
    kept: bool = False
    """Leave the weights in data/pretrained for another study."""


def reference(architecture: str, **changes: Any) -> Study:
    return Study(architecture, {"recipe": "reference"} | changes)


def tuned(architecture: str, own: dict[str, Any] | None = None, **changes: Any) -> Study:
    """`own` changes the architecture's recipe, by dotted key."""
    recipe = {f"recipes.tuned.{architecture}.{key}": value for key, value in (own or {}).items()}
    return Study(architecture, recipe | changes)


MNIST = {"dataset": "mnist", "validation": 0.1, "budget": "full"}
FASHION = {"dataset": "fashion_mnist"}
BEGUN = {"init_from": "se_resnet-tuned.safetensors"}

STUDIES = {
    "mlp-mnist-reference": reference("mlp", **MNIST),
    "mlp-mnist-tuned": tuned("mlp", **MNIST),
    "se_resnet-reference": reference("se_resnet"),
    "se_resnet-tuned": tuned("se_resnet")._replace(kept=True),
    "stochastic_depth_resnet-reference": reference("stochastic_depth_resnet"),
    "stochastic_depth_resnet-tuned": tuned("stochastic_depth_resnet"),
    "resnet18-reference": reference("resnet18", validation=10_000),
    "resnet18-tuned": tuned("resnet18"),
    "resnet34-reference": reference("resnet34"),
    "resnet34-tuned": tuned("resnet34"),
    **{
        f"stem-{stem}": tuned("resnet34", {"options.stem": stem}, epochs=1)
        for stem in ("imagenet", "small")
    },
    "vit-tuned": tuned("vit"),
    "convnext-tuned": tuned("convnext"),
    **{
        f"depth-{name}-{depth}": tuned(name, {"options.depth": depth})
        for depth in (8, 20, 56)
        for name in ("plain_cnn", "residual_cnn")
    },
    **{
        f"depth-mlp-{kind}-{depth}": tuned(
            "residual_mlp", {"options.depth": depth, "options.skips": kind == "residual"}
        )
        for depth in (2, 8, 32)
        for kind in ("plain", "residual")
    },
    **{
        f"smoothing-{smoothing}": tuned("se_resnet", {"label_smoothing": smoothing})
        for smoothing in (0.0, 0.2)
    },
    **{
        f"stopping-{off}-off": reference(
            "mlp", epochs=50, **{f"recipes.reference.mlp.early_stopping.{off}": None}
        )
        for off in ("patience", "overfit_patience")
    },
    "fashion-scratch": tuned("se_resnet", **FASHION),
    "fashion-full": tuned("se_resnet", BEGUN, **FASHION),
    "fashion-layer-decay": tuned("se_resnet", BEGUN | {"layer_decay": 0.7}, **FASHION),
    "fashion-probe": tuned("se_resnet", BEGUN | {"fine_tune": "linear_probe"}, **FASHION),
}


def asked(study: Study, budget: str) -> tuple[Any, dict[str, Any]]:
    """The typed parameters and all of params.yaml, as the study changes it."""
    changes = {"budget": budget} | study.changes
    return accuracy.asked(changes), accuracy.change(params.load(), changes)


def settings(study: Study, budget: str) -> str:
    """A digest of what decides the study's result, the code and the machine apart."""
    training, values = asked(study, budget)
    recipe = training.recipe_of(study.architecture).model_dump(exclude_defaults=True)
    data = [values[key] for key in ("dataset", "validation", "split_seed")]
    text = json.dumps([study.architecture, recipe, data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def load(values: dict[str, Any], folder: Path) -> accuracy.Data:
    """The data set in the folder of its name, downloaded if it is not there; split as asked."""
    dataset = DATASETS[values["dataset"]]
    arrays = [folder / dataset.name / f"{name}.npy" for name in sources.Arrays._fields]
    if not all(path.exists() for path in arrays):
        found, _ = sources.load(dataset, values["data_directory"])
        for path, array in zip(arrays, found, strict=True):
            files.write_array(path, array)
    images, labels, test_images, test_labels = (np.array(files.read_array(p)) for p in arrays)
    train, validation = split(labels, values["validation"], values["split_seed"])
    about = {"classes": list(dataset.classes), "mirrorable": dataset.mirrorable}
    return accuracy.Data(about, images, labels, train, validation, test_images, test_labels)


def measured(study: Study, seed: int, budget: str, folder: Path) -> dict[str, Any]:
    """Train, then look at the test images once, with the weights of the best validation epoch."""
    training, values = asked(study, budget)
    data = load(values, folder)
    task = run.make_task(training, study.architecture, seed, data.about, *data[1:5])
    model = run.make_model(study.architecture, task)
    state = checkpoint.fingerprint(run.identity(study.architecture, task, model), [])
    with checkpoint.exclusive(folder / "unfinished" / state) as directory:
        trained = loop.fit(model, task, directory)
        shutil.rmtree(directory)
    model.load_state_dict(trained.best)
    held_out = data.train_images[data.validation], data.train_labels[data.validation]
    test = predicted(model, task, data.test_images, data.test_labels, data.about["classes"])
    validation = predicted(model, task, *held_out, data.about["classes"])
    height, width, channels = data.test_images.shape[1:]
    record = run.record(training, study.architecture, model, task, trained)
    return {
        **{key: record[key] for key in RECORDED},
        "gflops": cost.gflops(model, (channels, height, width)),
        "train_accuracy": trained.curve[-1]["train_accuracy"],
        "train_loss": trained.curve[-1]["train_loss"],
        **scores.of_seed(test, validation),
        "curve": [round(row["validation_accuracy"], 4) for row in trained.curve],
    } | ({"weights": trained.best} if study.kept else {})


def predicted(
    model: Classifier, task: loop.Task, images: np.ndarray, labels: np.ndarray, classes: list[str]
) -> pd.DataFrame:
    logits = classifier.predict(model, torch.from_numpy(images), task.backend)
    return make_table(task.seed, labels, logits.softmax(1).cpu().numpy(), classes)


RECORDED = (
    *("budget", "train_images", "epochs", "stopped", "best_epoch", "best_validation_accuracy"),
    *("parameters", "train_seconds", "device", "precision", "threads"),
)


def read() -> list[dict[str, Any]]:
    return files.read_json(ROWS) if ROWS.exists() else []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=", ".join(STUDIES))
    parser.add_argument("--budget", choices=("quick", "full"), default="quick")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path(".studies"))
    options = parser.parse_args()
    if unknown := set(options.studies) - set(STUDIES):
        parser.error(f"unknown: {', '.join(unknown)}; known are: {', '.join(STUDIES)}")
    for seed in range(options.seeds):
        for name in options.studies or STUDIES:
            study = STUDIES[name]
            key = {"study": name, "seed": seed, "settings": settings(study, options.budget)}
            if any(key.items() <= row.items() for row in read()):
                continue
            print(f"{name}, seed {seed}", flush=True)
            row = measured(study, seed, options.budget, options.data)
            if kept := row.pop("weights", None):
                weights.write(PRETRAINED / f"{name}.safetensors", kept)
            today = {"date": datetime.now(UTC).date().isoformat()}
            files.write_json(ROWS, [*read(), key | today | row])


if __name__ == "__main__":
    main()
