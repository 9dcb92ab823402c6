from typing import Any

import pytest

from archbench.base.errors import Refused
from archbench.base.params import validate
from archbench.training.config import Training, merge_mappings
from archbench.training.recipe import Augmentation

QUICK = {"petaflop": 0.01, "regularisation": "light"}
VALUES = {
    "lr": None,
    "epochs": None,
    "batch_size": None,
    "precision": "auto",
    "compile": "auto",
    "processes": 1,
    "budget": "quick",
    "budgets": {"quick": QUICK, "full": dict.fromkeys(QUICK)},
    "tracker": "none",
    "recipe": "tuned",
}
SHARED = {"optimizer": "sgd", "lr": 0.3, "epochs": 200, "augmentation": {"crop": 4, "flip": 0.5}}
NET = {
    "lr": 0.1,
    "batch_size": 128,
    "cutmix_alpha": 1.0,
    "mix_probability": 0.7,
    "augmentation": {"erase": 0.3},
}


def asked(net=NET, shared=SHARED, **changes) -> Training:
    recipes = {"tuned": {"shared": shared, "net": net}, "reference": {"shared": {}}}
    return validate(Training, VALUES | {"recipes": recipes} | changes)


def test_the_full_budget_is_the_recipe_itself():
    training = asked(budget="full")
    recipe = training.recipe_of("net")
    assert recipe == training.merge("tuned", "net")
    assert (recipe.optimizer, recipe.lr, recipe.epochs) == ("sgd", 0.1, 200)
    assert recipe.augmentation == Augmentation(crop=4, flip=0.5, erase=0.3)


def test_the_quick_budget_is_light_and_leaves_the_epochs_to_its_compute():
    net = NET | {"mixup_alpha": 0.2, "augmentation": {"erase": 0.3, "padding": "reflect"}}
    training = asked(net)
    recipe = training.recipe_of("net")
    assert (recipe.epochs, recipe.train_images, recipe.batch_size) == (200, None, 128)
    assert recipe.augmentation == Augmentation(crop=4, flip=0.5, padding="reflect")
    assert not recipe.mixes
    assert (recipe.mixup_alpha, recipe.cutmix_alpha) == (0, 0)
    assert training.selected_budget.petaflop == 0.01
    assert asked(net, budget="full").selected_budget.petaflop is None


def test_a_knob_wins_over_every_recipe():
    recipe = asked(lr=0.3, epochs=50, batch_size=256).recipe_of("net")
    assert (recipe.lr, recipe.epochs, recipe.batch_size) == (0.3, 50, 256)


def test_nothing_of_its_own_is_what_the_set_shares():
    assert asked(None, budget="full").recipe_of("net").lr == 0.3


def test_own_is_put_over_shared_mapping_by_mapping():
    shared: dict[str, Any] = {"a": 1, "b": {"c": 2, "d": {"e": 3}}}
    assert merge_mappings(shared, {"b": {"d": {"e": 4}}, "f": 5}) == {
        "a": 1,
        "b": {"c": 2, "d": {"e": 4}},
        "f": 5,
    }
    assert merge_mappings(shared, {"b": None}) == {"a": 1, "b": None}
    assert shared["b"]["d"] == {"e": 3}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shared": {"lr": -1}}, "recipes.tuned.shared.lr = -1"),
        ({"shared": {"epohcs": 1}}, "recipes.tuned.shared.epohcs is unknown"),
        ({"net": {"lr": -1}}, "recipes.tuned.net.lr = -1"),
        ({"shared": {}, "net": {"lr": 1.0, "epochs": 1}}, "recipes.tuned.net.optimizer is missing"),
        ({"recipe": "reference"}, "recipes.reference: 'net' is unknown"),
    ],
)
def test_a_bad_recipe_is_named_where_it_stands(changes, message):
    with pytest.raises(Refused, match=message):
        asked(**changes).recipe_of("net")
