"""docs/replicate.md has the figures of results/replicate.json, and those say what it says."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from matplotlib.lines import Line2D

from archbench.base import files, paths

ROOT = Path(__file__).parents[2]
MATERIAL = ROOT.parent / "shared/material/cifar-10.1"
SETS = ["CIFAR-10", "CIFAR-10.1 v4", "CIFAR-10.1 v6"]


@pytest.fixture(scope="module")
def found() -> dict:
    return files.read_json(ROOT / "results/replicate.json")


@pytest.fixture
def replicate(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("replicate")


def test_the_page_is_made_of_the_results(found, replicate):
    assert replicate.page(found) == (ROOT / "docs/replicate.md").read_text(encoding="utf-8")


def test_the_results_are_of_all_pairs_of_thirty_models(found, replicate):
    assert list(found["accuracies"]) == SETS
    assert [found["images"][name] for name in SETS] == [10_000, 2021, 2000]
    assert {len(of) for of in found["accuracies"].values()} == {30}
    pairs = replicate.gaps(found)
    assert len(pairs) == 435
    assert pairs["apart"].sum() == found["apart"]["CIFAR-10"] == 435 - len(found["undecided"])


def test_pairs_that_are_told_apart_keep_their_direction(found, replicate):
    pairs = replicate.gaps(found)
    for name in SETS[1:]:
        assert (pairs.loc[pairs["apart"], name] > 0).all()
        assert (pairs.loc[~pairs["apart"], name] > 0).mean() < 0.8
    assert found["opposite"] == dict.fromkeys(SETS[1:], 0)


SMALL = {
    "images": dict.fromkeys(SETS, 100),
    "accuracies": {
        SETS[0]: {"a": 0.9, "b": 0.8, "c": 0.79},
        SETS[1]: {"a": 0.8, "b": 0.7, "c": 0.75},
        SETS[2]: {"a": 0.7, "b": 0.75, "c": 0.6},
    },
    "undecided": [["b", "c"]],
    "not_by_holm": [["a", "b"], ["b", "c"]],
    "apart": dict.fromkeys(SETS, 2),
    "opposite": dict.fromkeys(SETS[1:], 0),
}


def test_directions_are_counted_pair_by_pair(replicate):
    rows = replicate.counts(SMALL).to_numpy().tolist()
    assert [row[1:] for row in rows] == [
        ["2", "2 (100.0 %)", "1 (50.0 %)"],
        ["1", "0 (0.0 %)", "1 (100.0 %)"],
        ["1", "1 (100.0 %)", "1 (100.0 %)"],
    ]


def test_the_figure_has_a_dot_per_pair(replicate):
    (panel,) = replicate.figure(replicate.gaps(SMALL)).axes
    lines = {line.get_label(): line for line in panel.lines if isinstance(line, Line2D)}
    drawn = [np.array(lines[label].get_data()).T for label in replicate.SIDES.values()]
    assert drawn[0] == pytest.approx(np.array([[10, -5], [11, 10]]))
    assert drawn[1] == pytest.approx(np.array([[1, 15]]))


def test_the_results_are_those_of_the_published_predictions(found, replicate, monkeypatch):
    monkeypatch.chdir(ROOT)
    if not MATERIAL.is_dir():
        pytest.skip(f"needs modestyachts/CIFAR-10.1 in {MATERIAL}")
    if not paths.TEST_LABELS.is_file():
        pytest.skip(f"needs CIFAR-10's labels in {paths.TEST_LABELS}: run `dvc repro download`")
    assert replicate.collect(MATERIAL, "cifar10") == found
