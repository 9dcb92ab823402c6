"""docs/verdicts.md has the figures of results/verdicts.json, and those keep what it promises."""

import importlib
from pathlib import Path

import pandas as pd
import pytest

from archbench.base import files

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found() -> dict:
    return files.read_json(ROOT / "results/verdicts.json")


def rates(found: dict, table: str, seeds: int = 3) -> pd.Series:
    rows = pd.DataFrame(found[table])
    return rows.loc[rows["seeds"] >= seeds, "today"] if "seeds" in rows else rows["today"]


def test_the_page_is_made_of_the_results(found, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    page = importlib.import_module("verdicts_page")
    assert page.page(found) == (ROOT / "docs/verdicts.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", ["grid", "familywise", "adding"])
def test_the_results_keep_the_promise(found, table):
    assert found["draws"] >= 2000
    assert rates(found, table).max() <= 0.05
    assert pd.DataFrame(found[table])["earlier"].max() > 0.06


def test_small_levels_are_nearly_kept_which_they_were_not(found):
    for row in found["levels"]:
        assert row["today"] <= 1.5 * row["level"]
        assert row["satterthwaite"] > row["today"]
    assert row["satterthwaite"] > 4 * row["level"]


def test_differences_that_are_called_detectable_are_detected(found):
    assert pd.DataFrame(found["power"])["found"].between(0.77, 0.83).all()


def test_plans_are_within_15_percent_of_what_is_then_seen(found):
    plans = pd.DataFrame(found["plans"])
    assert (plans["forecast"] / plans["seen"]).between(0.85, 1.15).all()
