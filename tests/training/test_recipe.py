import pytest

from archbench.params import validate
from archbench.training.recipe import Augmentation, Recipe, Training

CAPS = {"epochs": 3, "train_images": 100, "batch_size": 32, "regularisation": "light"}
VALUES = {
    "lr": None,
    "epochs": None,
    "batch_size": None,
    "precision": "auto",
    "compile": "auto",
    "budget": "quick",
    "budgets": {"quick": CAPS, "full": dict.fromkeys(CAPS)},
    "recipes": {
        "net": {
            "optimizer": "sgd",
            "lr": 0.1,
            "epochs": 200,
            "batch_size": 128,
            "cutmix_alpha": 1.0,
            "mix_probability": 0.7,
            "augmentation": {"crop": 4, "flip": 0.5, "erase": 0.3},
        }
    },
}


def asked(**changes) -> Training:
    return validate(Training, VALUES | changes)


def test_the_full_budget_is_the_recipe_itself():
    training = asked(budget="full")
    assert training.recipe("net") == training.recipes["net"]


def test_the_quick_budget_caps():
    recipe = asked().recipe("net")
    assert (recipe.epochs, recipe.train_images, recipe.batch_size) == (3, 100, 32)
    assert recipe.lr == pytest.approx(0.05)  # √(32/128)
    assert recipe.augmentation == Augmentation(crop=4, flip=0.5)
    assert not recipe.mixes
    assert recipe.cutmix_alpha == 0


def test_a_recipe_below_the_caps_is_left_as_it_is():
    small = {"optimizer": "adam", "lr": 0.1, "epochs": 2, "batch_size": 16}
    recipe = asked(recipes={"net": small}).recipe("net")
    assert (recipe.epochs, recipe.batch_size, recipe.lr) == (2, 16, 0.1)


def test_a_shared_knob_wins_over_recipe_and_budget():
    recipe = asked(lr=0.3, epochs=50, batch_size=256).recipe("net")
    assert (recipe.lr, recipe.epochs, recipe.batch_size) == (0.3, 50, 256)


def test_what_a_recipe_says_of_the_quick_budget_is_in_place_of_its_caps():
    net = VALUES["recipes"]["net"] | {"quick": {"epochs": 8, "options": {"widths": [4]}}}
    quick, full = (asked(budget=budget, recipes={"net": net}) for budget in ("quick", "full"))
    small, whole = quick.recipe("net"), full.recipe("net")
    assert (small.epochs, small.options) == (8, {"widths": [4]})
    assert (whole.epochs, whole.options) == (200, {})
    changed = {"epochs": whole.epochs, "options": whole.options}
    assert small.model_copy(update=changed) == whole


def test_without_flips_neither_kind_is_left():
    for flip in (0.5, "alternating"):
        net = Recipe(optimizer="sgd", lr=0.1, epochs=1, augmentation={"crop": 2, "flip": flip})
        assert net.unflipped().augmentation == Augmentation(crop=2)


@pytest.mark.parametrize(
    ("changes", "mixes"),
    [
        ({}, False),
        ({"mixup_alpha": 0.2}, True),
        ({"cutmix_alpha": 1.0}, True),
        ({"cutmix_alpha": 1.0, "mix_probability": 0.0}, False),
    ],
)
def test_what_mixes(changes, mixes):
    assert Recipe(optimizer="sgd", lr=0.1, epochs=1, **changes).mixes is mixes
