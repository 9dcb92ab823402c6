"""Every architecture is tried with the same settings, which its recipe takes."""

import pytest

from archbench.base import params
from archbench.training.config import merge_mappings
from archbench.training.recipe import Recipe
from archbench.tuning import space


def test_draws_are_the_same_but_for_the_optimiser_s_usual_rate():
    muon, adam = space.draw(20, "muon"), space.draw(20, "adamw")
    for one, other in zip(muon, adam, strict=True):
        assert one.lr / space.USUAL_LR["muon"] == pytest.approx(other.lr / 0.001, rel=0.1)
        assert (one.weight_decay, one.label_smoothing, one.crop) == (
            other.weight_decay,
            other.label_smoothing,
            other.crop,
        )
    assert len({each.lr for each in muon}) > 10


def test_more_trials_begin_with_the_same_ones():
    assert space.draw(12, "muon")[:8] == space.draw(8, "muon")


def test_draws_fill_the_space():
    drawn = space.draw(400, "muon")
    multiples = sorted(each.lr / space.USUAL_LR["muon"] for each in drawn)
    assert 0.24 < multiples[0] < 0.27
    assert 0.8 < multiples[200] < 1.25  # in logarithms the middle of a quarter and four
    assert 3.7 < multiples[-1] < 4.1
    assert {each.crop for each in drawn} == {0, 1, 2, 3, 4}
    assert max(each.label_smoothing for each in drawn) == 0.2
    assert 0.001 <= min(each.weight_decay for each in drawn) < 0.0011


def test_a_setting_is_what_dvc_writes_into_the_recipe():
    setting = space.Setting(lr=0.02, weight_decay=0.01, label_smoothing=0.1, crop=3)
    recipe = {"optimizer": "muon", "lr": 1.0, "epochs": 1, "augmentation": {"flip": 0.5}}
    for override in setting.overrides("recipes.tuned.net"):
        key, _, value = override.removeprefix("++recipes.tuned.net.").partition("=")
        *outer, last = key.split(".")
        own = {last: params.parse(f"it: {value}")["it"]}
        for name in reversed(outer):
            own = {name: own}
        recipe = merge_mappings(recipe, own)
    changed = params.validate(Recipe, recipe)
    assert (changed.lr, changed.weight_decay, changed.label_smoothing) == (0.02, 0.01, 0.1)
    assert (changed.augmentation.crop, changed.augmentation.flip) == (3, 0.5)
