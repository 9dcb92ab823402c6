"""The committed search: the same for every default architecture, and what the recipes are."""

from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from archbench.base import files, params
from archbench.training.config import Training
from archbench.tuning import page, space

ROOT = Path(__file__).parents[2]
FOUND = files.read_table(ROOT / "results/tuning.csv")
CONFIG = params.validate(
    Training,
    {key: value for key, value in params.load().items() if key in Training.model_fields},
)
SEARCHED = sorted(FOUND["architecture"].unique())


def test_every_default_architecture_was_searched():
    assert set(params.load()["architectures"]) <= set(SEARCHED)


@pytest.mark.parametrize("name", SEARCHED)
def test_it_had_the_trials_that_all_have(name):
    rows = FOUND[FOUND["architecture"] == name]
    most = FOUND["architecture"].value_counts().max()
    drawn = space.draw(most, CONFIG.recipe_of(name).optimizer)
    assert rows["trial"].tolist() == list(range(most))
    assert rows[page.SETTINGS].to_dict("records") == [asdict(setting) for setting in drawn]


@pytest.mark.parametrize("name", SEARCHED)
def test_its_recipe_is_its_best_trial(name):
    best = page.best(FOUND).set_index("architecture").loc[name]
    recipe = CONFIG.merge("tuned", name)
    found = (recipe.lr, recipe.weight_decay, recipe.label_smoothing, recipe.augmentation.crop)
    assert found == tuple(best[page.SETTINGS])


def test_the_page_has_the_words_of_the_trials():
    assert page.markdown(FOUND) in (ROOT / "docs/tuning.md").read_text(encoding="utf-8")


def test_trials_took_the_compute_of_the_budget_or_ended_with_the_recipe():
    granted = params.load()["budgets"]["quick"]["petaflop"]
    taken = pd.Series(FOUND["train_petaflop"] / granted)
    ended = FOUND["architecture"] == "mlp"
    assert taken[~ended].between(0.95, 1.05).all()
