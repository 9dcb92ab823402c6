"""What a run is made of and what is recorded of it, from arrays small enough to read."""

import hashlib
from dataclasses import replace
from pathlib import Path

import example_records
import numpy as np
import pytest
import torch
from test_training_config import asked
from torch import nn

from archbench.base import files
from archbench.networks import classifier
from archbench.networks.classifier import Classifier
from archbench.training import run
from archbench.training.loop import Result

DATASET = example_records.dataset()
IMAGES = np.random.default_rng(0).integers(256, size=(12, 8, 8, 3), dtype=np.uint8)
LABELS = (np.arange(12) % 3).astype(np.uint8)
NET = {"optimizer": "sgd", "lr": 0.1, "epochs": 4, "batch_size": 2, "augmentation": {"flip": 0.5}}


def make_task(recipe=NET, dataset=DATASET, **changes):
    training = asked(recipe, shared={}, **({"budget": "full", "precision": "fp32"} | changes))
    train, validation = np.array([7, 2, 9, 4, 0]), np.array([11, 1])
    return run.make_task(training, "net", 3, dataset, IMAGES, LABELS, train, validation)


def test_a_task_has_the_images_of_its_indices_in_the_order_of_the_data_set():
    task = make_task()
    assert torch.equal(task.train.images, torch.from_numpy(IMAGES[[0, 2, 4, 7, 9]]))
    assert task.train.labels.tolist() == [0, 2, 1, 1, 0]
    assert torch.equal(task.validation.images, torch.from_numpy(IMAGES[[1, 11]]))
    assert task.validation.labels.tolist() == [1, 2]
    assert task.train.labels.dtype == task.validation.labels.dtype == torch.int64
    assert (task.classes, task.seed, task.recipe.batch_size) == (3, 3, 2)
    assert task.backend.dtype == torch.float32
    assert not task.backend.compiles


def test_a_budget_takes_the_first_indices_not_the_lowest():
    assert make_task(NET | {"train_images": 2}).train.labels.tolist() == [2, 1]


def filters(*_: object) -> Classifier:
    """A network that takes 216 operations a pixel."""
    return Classifier(nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Flatten(2)), 3)


def test_a_budget_of_compute_decides_the_images_and_the_epochs(monkeypatch):
    monkeypatch.setattr(classifier, "build", filters)
    image = 3 * 216 * 8 * 8 / 1e15
    granted = {"petaflop": 8 * image, "regularisation": None}
    task = make_task(budget="quick", budgets={"quick": granted, "full": granted})
    assert (len(task.train.labels), task.recipe.epochs) == (4, 2)
    assert task.train.labels.tolist() == [2, 1, 1, 0]  # of the images 2, 4, 7 and 9


def test_precision_and_compilation_are_those_that_were_asked_for():
    task = make_task(precision="bf16", compile="always")
    assert task.backend.dtype == torch.bfloat16
    assert task.backend.compiles


def test_digits_are_not_mirrored():
    assert make_task().recipe.augmentation.flip == 0.5
    assert (
        make_task(dataset=example_records.dataset(mirrorable=False)).recipe.augmentation.flip == 0.0
    )


@pytest.mark.parametrize("size", [5, None])
def test_a_batch_may_be_all_the_training_images(size):
    assert make_task(NET | {"batch_size": 9}, batch_size=size).recipe.batch_size == 5


def build(task) -> Classifier:
    return run.make_model("mlp", task)


def test_the_weights_follow_from_the_seed_alone():
    task = make_task()
    torch.manual_seed(1)
    first = build(task).state_dict()
    torch.manual_seed(2)
    again, other = build(task).state_dict(), build(replace(task, seed=4)).state_dict()
    weight = next(name for name in first if name.endswith("weight"))
    assert torch.equal(first[weight], again[weight])
    assert not torch.equal(first[weight], other[weight])
    assert first[weight].shape[1] == 8 * 8 * 3


def test_the_identity_is_of_weights_recipe_and_code():
    task = make_task()
    model = build(task)
    found = run.identity("mlp", task, model)
    first = b"".join(value.numpy().tobytes() for value in model.state_dict().values())
    assert found["first_weights"] == hashlib.sha256(first).hexdigest()
    assert found["code"]["archbench.training.run"] == files.sha256(Path(run.__file__))
    assert all(name.startswith("archbench") for name in found["code"])
    assert {"archbench.training.loop", "archbench.models.mlp"} <= set(found["code"])
    rest = {key: found[key] for key in found.keys() - {"first_weights", "code"}}
    assert rest == task.backend.describe() | {
        "architecture": "mlp",
        "seed": 3,
        "recipe": task.recipe.model_dump(),
        "train_images": 5,
        "compiles": False,
        "processes": 1,
        "threads": None,
    }


def row(**changes) -> dict:
    found = {"epoch": 1, "seconds": 2.0, "images_per_second": 100.0, "validation_accuracy": 0.5}
    return found | {"threads": 2, "compiled": True} | changes


CURVE = [
    row(),
    row(epoch=2, seconds=3.0, images_per_second=50.0, validation_accuracy=0.75, threads=1),
    row(epoch=3, seconds=2.5, validation_accuracy=0.6, compiled=False),
]


def test_the_record():
    task = make_task(NET | {"progressive_resizing": 0.5})
    model = filters()
    trained = Result(best={}, last={}, curve=CURVE, stopped="stagnation", peak_memory_gb=0.5)
    record = run.record(asked(NET, budget="full"), "net", model, task, trained, {"best": "abc"})
    found = record.model_dump()
    assert found == task.backend.describe() | {
        "architecture": "net",
        "seed": 3,
        "budget": "full",
        "recipe": "tuned",
        "hyperparameters": task.recipe.model_dump(),
        "train_images": 5,
        "validation_images": 2,
        "parameters": 4 * 3 * 9 + 4,
        "budget_petaflop": None,
        "train_petaflop": pytest.approx(3 * 216 * (8 * 6 * 6 + 4 * 8 * 8) / 1e15),
        "train_seconds": 7.5,
        "images_per_second": pytest.approx(3 / (1 / 100 + 1 / 50 + 1 / 100)),
        "seconds_spread": pytest.approx((3.0 / (9 / 16)) / 2.5),
        "energy_joules": None,
        "peak_memory_gb": 0.5,
        "images": "resident",
        "processes": 1,
        "epochs": 3,
        "stopped": "stagnation",
        "best_epoch": 2,
        "best_validation_accuracy": 0.75,
        "threads": 1,
        "compiled": False,
        "weights": {"best": "abc"},
    }


def test_the_energy_is_the_sum_over_the_epochs_if_every_one_was_counted():
    counted = [row(joules=joules) for joules in (10.0, 20.0, 12.5)]
    assert run.energy_joules(counted) == 42.5
    assert run.energy_joules([*counted, row()]) is None
    assert run.energy_joules([row(joules=0.0)] * 2) is None


def test_the_curve_is_a_row_per_epoch_and_the_last_names_the_rule():
    trained = Result(best={}, last={}, curve=CURVE, stopped="stagnation", peak_memory_gb=0.5)
    table = run.curve_table(trained)
    assert table["epoch"].tolist() == [1, 2, 3]
    assert table["stopped"].tolist() == ["", "", "stagnation"]
