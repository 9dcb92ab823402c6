"""Time to accuracy: whole runs of the pipeline's own recipes, over seeds.

    python benchmarks/accuracy.py [--toy] [--seeds N] [GOAL ...]

The seconds are of training alone, validation, checkpoints and compilation left out. Needs the
images that `dvc repro split` leaves in data/. Test images are looked at once, at the end.
"""

import argparse
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import measure
import numpy as np
import torch

from archbench.base import files, params
from archbench.base.records import DatasetRecord
from archbench.networks import classifier
from archbench.training import loop, run
from archbench.training.config import Training
from archbench.training.learner import Learner
from archbench.training.loop import Examples, Task

WIDE = {
    "recipes.tuned.speednet.options.widths": [128, 384, 384],
    "recipes.tuned.speednet.augmentation.crop": 4,
}
WIDE_AND_LONG = WIDE | {
    "epochs": 40,
    "recipes.tuned.speednet.options.widths": [128, 512, 512],
    "recipes.tuned.speednet.augmentation.erase": 0.5,
}


class Goal(NamedTuple):
    accuracy: float
    architecture: str
    changes: dict[str, Any]
    """Of params.yaml, by dotted key, as `dvc exp run -S` would make them."""


GOALS = {
    "speednet-90": Goal(0.90, "speednet", {"budget": "full", "epochs": 12}),
    "speednet-94": Goal(0.94, "speednet", {"budget": "full"} | WIDE),
    "speednet-96": Goal(0.96, "speednet", {"budget": "full"} | WIDE_AND_LONG),
    "resnet18-94": Goal(0.94, "resnet18", {"budget": "full", "epochs": 16}),
    "resnet18-96": Goal(
        0.96,
        "resnet18",
        {"budget": "full", "epochs": 60, "recipes.tuned.resnet18.augmentation.erase": 0.5},
    ),
}
TOY = Goal(0.0, "mlp", {"budget": "quick", "epochs": 1})


class Data(NamedTuple):
    dataset: DatasetRecord
    train_images: np.ndarray
    train_labels: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def read(root: Path) -> Data:
    """What stages download and split wrote."""
    names = "train/images train/labels split/train split/validation test/images test/labels"
    arrays = [np.array(files.read_array(root / f"{name}.npy")) for name in names.split()]
    return Data(DatasetRecord.read(root / "dataset.json"), *arrays)


def noise(count: int = 200) -> Data:
    random = np.random.default_rng(0)
    images = random.integers(256, size=(count, 32, 32, 3), dtype=np.uint8)
    labels = (np.arange(count) % 10).astype(np.uint8)
    dataset = DatasetRecord(
        name="noise",
        title="Noise",
        classes=[str(k) for k in range(10)],
        mirrorable=True,
        image_size=(32, 32),
        channels=3,
        sha256={},
    )
    index = np.arange(count)
    return Data(dataset, images, labels, index[:160], index[160:], images, labels)


def change(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    for dotted, value in changes.items():
        section = values
        *path, key = dotted.split(".")
        for name in path:
            section[name] = section.get(name) or {}
            section = section[name]
        section[key] = value
    return values


def asked(changes: dict[str, Any]) -> Training:
    values = change(params.load(), changes)
    return params.validate(Training, {key: values[key] for key in Training.model_fields})


def train(goal: Goal, seed: int, data: Data) -> dict[str, float]:
    """One run: its seconds, and the last epoch's test accuracy, plain and with mirror images."""
    task = run.make_task(asked(goal.changes), goal.architecture, seed, data.dataset, *data[1:5])
    rehearse(goal.architecture, task)
    model = run.make_model(goal.architecture, task)
    with tempfile.TemporaryDirectory() as directory:
        trained = loop.fit(model, task, Path(directory))
    model.load_state_dict(trained.last)
    images, labels = torch.from_numpy(data.test_images), torch.from_numpy(data.test_labels)
    logits = [classifier.predict(model, images, task.backend, flip=on) for on in (False, True)]
    plain, flipped = ((one.argmax(1).cpu() == labels).float().mean().item() for one in logits)
    seconds = sum(row["seconds"] for row in trained.curve)
    return {"seconds": seconds, "accuracy": plain, "with_flip": flipped}


def rehearse(architecture: str, task: Task) -> None:
    """Four updates that count for nothing: where the step is compiled, they compile it."""
    few = 4 * task.recipe.batch_size
    some = Examples(images=task.train.images[:few], labels=task.train.labels[:few])
    short = replace(task, train=some, recipe=task.recipe.model_copy(update={"epochs": 1}))
    learner = Learner(run.make_model(architecture, short), short.recipe, short.steps, short.backend)
    loop.train_epoch(learner, short, epoch=0)


def summary(name: str, goal: Goal, runs: list[dict[str, float]]) -> dict[str, Any]:
    accuracies = [one["accuracy"] for one in runs]
    return {
        "goal": name,
        "target": goal.accuracy,
        "seeds": len(runs),
        "accuracy": statistics.mean(accuracies),
        "sd": statistics.stdev(accuracies) if len(runs) > 1 else None,
        "with_flip": statistics.mean(one["with_flip"] for one in runs),
        "seconds": statistics.median(one["seconds"] for one in runs),
        "reached": statistics.mean(accuracies) >= goal.accuracy,
        "reached_with_flip": statistics.mean(one["with_flip"] for one in runs) >= goal.accuracy,
    }


def earlier() -> list[dict[str, Any]]:
    """Of other goals: a run takes too long to be lost to the next."""
    path = measure.RESULTS / "accuracy.json"
    return files.read_json(path)["rows"] if path.exists() else []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("goals", nargs="*", metavar="GOAL", help=", ".join(GOALS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--toy", action="store_true")
    options = parser.parse_args()
    if unknown := set(options.goals) - set(GOALS):
        parser.error(f"unknown: {', '.join(unknown)}; known are: {', '.join(GOALS)}")
    names = options.goals or ["speednet-90"]
    goals = {"toy": TOY} if options.toy else {name: GOALS[name] for name in names}
    data = noise() if options.toy else read(Path("data"))
    about = measure.machine(256 if options.toy else 2048)
    rows = [row for row in earlier() if row["goal"] not in goals]
    for name, goal in goals.items():
        runs = [train(goal, seed, data) for seed in range(options.seeds)]
        made_by = {"device": about["device"], "date": about["date"]}
        rows.append(summary(name, goal, runs) | made_by)
        measure.report("accuracy", about, rows)


if __name__ == "__main__":
    main()
