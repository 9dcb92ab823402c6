"""The runs behind docs/claims.md go on where they stopped, and the page follows from their rows."""

import importlib
import json
import shutil
import sys
from pathlib import Path

import pytest

from archbench.check import check

ROOT = Path(__file__).parents[2]


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return {name: importlib.import_module(name) for name in ("accuracy", "studies", "claims")}


@pytest.fixture
def small(benchmarks, tmp_path, monkeypatch):
    """Two studies of noise, in a folder of their own."""
    accuracy, studies = benchmarks["accuracy"], benchmarks["studies"]
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    first = studies.tuned("mlp", epochs=2, batch_size=16)._replace(kept=True)
    begun = studies.tuned("mlp", {"init_from": "first.safetensors"}, epochs=2, batch_size=16)
    monkeypatch.setattr(studies, "STUDIES", {"first": first, "second": begun})
    monkeypatch.setattr(studies, "load", lambda values, folder: accuracy.noise())
    return studies


def run(studies, monkeypatch, *arguments: str) -> list[dict]:
    monkeypatch.setattr(sys, "argv", ["studies.py", *arguments])
    studies.main()
    return json.loads(Path("results/studies.json").read_text())


def test_each_is_run_once_and_one_begins_where_another_ended(small, monkeypatch):
    rows = run(small, monkeypatch)
    assert [row["study"] for row in rows] == ["first", "second"]
    assert all(0 <= row["accuracy"] <= 1 and len(row["curve"]) == 2 for row in rows)
    assert Path("data/pretrained/first.safetensors").exists()
    assert not list(Path(".studies/unfinished").iterdir())
    assert run(small, monkeypatch) == rows
    more = run(small, monkeypatch, "--seeds", "2", "second")
    assert [(row["study"], row["seed"]) for row in more[2:]] == [("second", 1)]


def test_a_changed_recipe_is_run_again(small, monkeypatch):
    rows = run(small, monkeypatch, "first")
    changed = small.STUDIES["first"]._replace(changes={"epochs": 1, "batch_size": 16})
    monkeypatch.setattr(small, "STUDIES", {"first": changed})
    assert len(run(small, monkeypatch, "first")) == len(rows) + 1


def test_every_study_s_parameters_hold(benchmarks, monkeypatch):
    studies = benchmarks["studies"]
    for study in studies.STUDIES.values():
        kept = {key: study.changes[key] for key in study.changes if "init_from" not in key}
        _, values = studies.asked(study._replace(changes=kept), "full")
        check(values | {"architectures": [study.architecture]})


def test_the_page_is_what_the_rows_say(benchmarks, tmp_path, monkeypatch):
    claims = benchmarks["claims"]
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    monkeypatch.setattr(claims, "PAGE", tmp_path / "docs/claims.md")
    claims.main()
    for name in ("claims.md", "depth.svg"):
        assert (tmp_path / "docs" / name).read_text() == (ROOT / "docs" / name).read_text()


@pytest.mark.parametrize(
    ("published", "metric", "said"),
    [
        (0.94, "accuracy", "better"),
        (0.95, "accuracy", "reproduced"),
        (0.96, "accuracy", "worse"),
        (0.94, "loss", "worse"),
        (0.96, "loss", "better"),
    ],
)
def test_a_verdict_is_of_our_interval(benchmarks, published, metric, said):
    ends = benchmarks["claims"].interval([0.949, 0.950, 0.951], metric)
    assert ends == pytest.approx((0.95 - 0.002484, 0.95 + 0.002484), abs=1e-6)  # t = 4.3027
    assert benchmarks["claims"].verdict(published, ends, metric) == said


def test_one_run_s_loss_has_no_interval(benchmarks):
    assert benchmarks["claims"].interval([0.5], "loss") is None
    low, high = benchmarks["claims"].interval([0.5], "accuracy")
    assert (low, high) == pytest.approx((0.4902, 0.5098), abs=1e-4)


def test_without_rows_nothing_is_claimed(benchmarks):
    page = benchmarks["claims"].page([])
    assert page.count("not yet run in full") == 6
