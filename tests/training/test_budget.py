"""What a training costs by hand, and that every architecture gets the same of a budget."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from torch import nn

from archbench.base import params
from archbench.networks import classifier
from archbench.networks.classifier import Classifier
from archbench.training import budget
from archbench.training.budget import Cost
from archbench.training.config import Training
from archbench.training.recipe import Recipe

ROOT = Path(__file__).parents[2]
VALUES = YAML(typ="safe").load(ROOT / "params.yaml")
ASKED = params.validate(Training, {key: VALUES[key] for key in Training.model_fields})
CIFAR = (32, 32, 3)
IMAGES = 45_000
ONE = Cost(1.0, 1.0)


def recipe(**changes) -> Recipe:
    values: dict[str, Any] = {"optimizer": "sgd", "lr": 0.1, "epochs": 10, "batch_size": 10}
    return Recipe(**values | changes)


def afforded(amount: float, images: int = 100, cost: Cost = ONE, **changes) -> tuple[int, int]:
    found = budget.afford(recipe(**changes), amount, cost, images)
    assert found.train_images is not None
    return found.train_images, found.epochs


@pytest.mark.parametrize("petaflop", [0.01, VALUES["budgets"]["quick"]["petaflop"], 0.2])
def test_each_architecture_gets_the_same_compute_or_ends_with_its_recipe(petaflop):
    for name in VALUES["architectures"]:
        own = ASKED.recipe_of(name)
        cost = budget.cost(classifier.build(name, 10, CIFAR, own.options), own, CIFAR)
        cut = budget.afford(own, petaflop, cost, IMAGES)
        assert cut.train_images is not None
        steps = cut.train_images // cut.batch_size
        took = budget.spent(cut, cost, steps, cut.epochs)
        if (cut.train_images, cut.epochs) == (IMAGES, own.epochs):
            assert took < petaflop, name
        else:
            assert took == pytest.approx(petaflop, rel=0.02), name
        assert cut.epochs <= own.epochs


def test_distinct_images_come_before_epochs():
    assert afforded(70) == (70, 1)
    assert afforded(100) == (100, 1)
    assert afforded(160) == (80, 2)
    assert afforded(400) == (100, 4)


def test_a_recipe_s_own_epochs_and_images_are_never_exceeded():
    assert afforded(1e6) == (100, 10)
    assert afforded(1e6, train_images=60) == (60, 10)
    assert afforded(100, train_images=60) == (50, 2)


def test_the_images_fill_whole_batches_and_one_at_least():
    assert afforded(57) == (60, 1)
    assert afforded(0.001) == (10, 1)
    assert afforded(0.001, images=7) == (7, 1)
    assert afforded(1e6, images=107) == (107, 10)


def test_small_images_cost_what_they_cost():
    half = Cost(whole=1.0, small=0.5)
    assert afforded(75, cost=half, progressive_resizing=0.5) == (100, 1)
    sized = recipe(progressive_resizing=0.5)
    assert budget.spent(sized, half, steps=10, epochs=10) == pytest.approx(750)
    stopped = budget.spent(sized, half, steps=10, epochs=6)  # of 60 updates 50 were small
    assert stopped == pytest.approx(10 * (50 * 0.5 + 10))


@pytest.mark.parametrize(("fine_tune", "passes"), [("full", 3), ("linear_probe", 1)])
def test_the_backward_pass_costs_twice_the_forward_one_and_a_probe_has_none(fine_tune, passes):
    pixel = 2 * 4 * 3 * 9 / 1e15
    made = recipe(fine_tune=fine_tune, progressive_resizing=0.5)
    network = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Flatten(2))
    whole, small = budget.cost(Classifier(network, 3), made, (8, 6, 3))
    assert whole == pytest.approx(passes * pixel * 8 * 6, rel=1e-12)
    assert small == pytest.approx(passes * pixel * 6 * 4, rel=1e-12)  # three quarters: 6 and 4.5


def test_a_network_without_products_is_trained_as_its_recipe_says():
    assert afforded(0.01, cost=Cost(0.0, 0.0)) == (100, 10)
