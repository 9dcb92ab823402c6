"""A trial fails where the product does, a series counts it, and the page has what was counted."""

import importlib
import sys
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def faults(monkeypatch):
    """The harness's modules by name; afterwards it is as if nobody had imported them."""
    path = list(sys.path)
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    monkeypatch.syspath_prepend(ROOT / "benchmarks/faults")
    yield importlib.import_module
    sys.path[:] = path


@pytest.fixture
def series(faults, monkeypatch):
    """Of three trials: one holds, one does not, one has something to say."""
    trials = faults("trials")

    def breaks():
        raise ValueError("a\nb")

    made = [
        trials.Trial("holds", lambda: None),
        trials.Trial("breaks", breaks),
        trials.Trial("speaks", lambda: "after 1 s"),
    ]
    module = ModuleType("made_up")
    vars(module).update(LEAST=3, trials=lambda folder: (trial for trial in made))
    monkeypatch.setitem(sys.modules, "made_up", module)
    return partial(trials.conduct, "made_up")


def test_a_series_counts_what_held_and_keeps_what_did_not(series):
    row = series()
    assert (row["held"], row["trials"], row["least"]) == (2, 3, 3)
    assert row["failures"] == [{"trial": 1, "what": "breaks", "why": "ValueError: a b"}]
    assert row["notes"] == [{"trial": 2, "what": "speaks", "note": "after 1 s"}]


def test_one_trial_is_repeated_by_its_number(series):
    assert [row["trials"] for row in (series(1), series(7))] == [1, 0]
    assert series(1)["failures"]
    assert not series(0)["failures"]


def test_what_this_machine_cannot_do_is_said(faults, series, monkeypatch):
    def trials(folder):
        raise faults("trials").Skipped("no small disk")
        yield

    monkeypatch.setattr(sys.modules["made_up"], "trials", trials)
    assert series()["skipped"] == "no small disk"


def test_what_cannot_begin_has_not_held(series, monkeypatch):
    def trials(folder):
        raise OSError("no git")
        yield

    monkeypatch.setattr(sys.modules["made_up"], "trials", trials)
    row = series()
    assert (row["held"], row["trials"]) == (0, 1)
    assert row["failures"][0]["why"] == "OSError: no git"


def test_the_rows_of_other_kinds_stay(faults, tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("main", ROOT / "benchmarks/faults/__main__.py")
    assert spec is not None
    assert spec.loader is not None
    main = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(main)
    monkeypatch.setattr(main, "RESULTS", tmp_path / "faults.json")
    main.write("folders", {"held": 1, "trials": 1, "seconds": 1})
    main.write("kills", {"held": 2, "trials": 3, "seconds": 1})
    main.write("folders", {"skipped": "why"})
    found = main.files.read_json(tmp_path / "faults.json")
    assert found == {"kills": {"held": 2, "trials": 3, "seconds": 1}, "folders": {"skipped": "why"}}


@pytest.mark.parametrize(
    ("status", "output", "why"),
    [
        (None, "", "did not end"),
        (0, "fine", "status 0"),
        (1, "lr is odd", "status 1"),
        (2, "Traceback (most recent call last)", "traceback"),
        (2, "", "0 lines"),
        (2, "lr\nb\nc", "3 lines"),
        (2, "lr" * 300, "a line of 600 characters"),
        (2, "momentum is odd", "lr is not named"),
        (2, "lr is odd", None),
    ],
)
def test_what_is_no_refusal(faults, status, output, why):
    stage = faults("stage")
    done = stage.Done(status, output)
    if why is None:
        stage.require_refusal(done, "lr")
    else:
        with pytest.raises(AssertionError, match=why.replace("(", r"\(")):
            stage.require_refusal(done, "lr")


def test_a_stage_s_fork_ends_in_time_and_says_what_the_stage_says(faults, tmp_path):
    stage = faults("stage")
    (tmp_path / "params.yaml").write_text("- 1\n")
    done = stage.run(tmp_path, "check")
    assert done.status == 2
    assert done.output.startswith("params.yaml: ")
    slow = partial(importlib.import_module("time").sleep, 60)
    assert stage.run(tmp_path, "check", before=slow, limit=0.2).status is None


def test_the_page_is_made_of_the_results_and_names_what_failed(faults):
    page = faults("faults_page")
    row = {"date": "2026-01-02", "code": "abc", "held": 1, "trials": 2}
    failure = {"trial": 1, "what": "dvc of mlp", "why": "other weights"}
    text = page.page({"kills": row | {"failures": [failure]}, "disk": row | {"skipped": "why"}})
    assert "1 of 2" in text
    assert "- kills 1, dvc of mlp: `other weights`" in text
    assert "- disk: why" in text
    assert set(page.KINDS) == {
        path.stem
        for path in (ROOT / "benchmarks/faults").glob("*.py")
        if "LEAST = " in path.read_text(encoding="utf-8")
    }


def results(faults) -> dict:
    page = faults("faults_page")
    if not page.RESULTS.exists():
        pytest.skip("make faults has not been run")
    return page.files.read_json(page.RESULTS)


def test_docs_have_the_figures_of_the_results(faults):
    found = results(faults)
    text = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    assert faults("faults_page").page(found) == text


def test_every_trial_of_the_results_held(faults):
    found = results(faults)
    assert set(found) == set(faults("faults_page").KINDS)
    for kind, row in found.items():
        if "skipped" not in row:
            assert row["held"] == row["trials"] >= row["least"], kind
