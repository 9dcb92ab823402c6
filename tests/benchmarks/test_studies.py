"""Studies are run once, go on where they stopped, and are as fresh as the code that made them."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from archbench.base import errors
from archbench.check import check
from archbench.training import loop


@pytest.fixture
def no_training(monkeypatch):
    def refuse(*of):
        raise AssertionError("nothing should be trained")

    return lambda: monkeypatch.setattr(loop, "fit", refuse)


def edit(path: Path) -> None:
    path.write_text(path.read_text() + "# edited\n")


def run(studies, monkeypatch, *arguments: str) -> list[dict]:
    monkeypatch.setattr(sys, "argv", ["studies.py", *arguments])
    studies.main()
    return json.loads(Path("results/studies.json").read_text())


def test_each_is_run_once_and_one_begins_where_another_ended(small, monkeypatch, no_training):
    rows = run(small, monkeypatch)
    assert [row["study"] for row in rows] == ["first", "second"]
    assert all(0 <= row["accuracy"] <= 1 and len(row["curve"]) == 2 for row in rows)
    assert rows[0]["test_images"] == 200
    assert Path("data/pretrained/first.safetensors").exists()
    assert not list(Path(".studies/unfinished").iterdir())
    more = run(small, monkeypatch, "--seeds", "2", "second")
    runs = [(row["study"], row["seed"]) for row in more]
    assert runs == [("first", 0), ("second", 0), ("second", 1)]
    no_training()
    assert run(small, monkeypatch, "--seeds", "2", "second") == more


def test_a_study_trains_the_one_that_it_begins_from(small, monkeypatch, no_training):
    assert [row["study"] for row in run(small, monkeypatch, "second")] == ["second"]
    no_training()
    assert [row["study"] for row in run(small, monkeypatch)] == ["first", "second"]


def test_weights_to_begin_from_are_restored_from_the_kept_run(small, monkeypatch):
    run(small, monkeypatch, "first")
    weights = Path("data/pretrained/first.safetensors")
    weights.parent.mkdir(parents=True, exist_ok=True)
    weights.write_text("of another run")
    run(small, monkeypatch, "second")
    (kept,) = Path(".studies/runs").glob("*/0/best.safetensors")
    assert weights.read_bytes() == kept.read_bytes()


def test_rows_of_another_recipe_or_of_no_study_are_dropped(small, monkeypatch):
    first, second = run(small, monkeypatch)
    changed = small.STUDIES["first"]._replace(changes={"epochs": 1, "batch_size": 16})
    monkeypatch.setattr(small, "STUDIES", {"first": changed})
    (row,) = run(small, monkeypatch)
    assert row["epochs"] == 1
    assert row["settings"] not in (first["settings"], second["settings"])


@pytest.mark.parametrize(
    ("file", "mlp", "vit", "evaluation"),
    [
        ("training/loop.py", True, True, False),
        ("split/splits.py", True, True, False),
        ("networks/classifier.py", True, True, False),
        ("models/mlp.py", True, False, False),
        ("models/vit.py", False, True, False),
        ("evaluation/metrics.py", False, False, True),
        ("report/page.py", False, False, False),
    ],
)
def test_an_edited_file_changes_the_keys_of_what_imports_it(
    benchmarks, code, file, mlp, vit, evaluation
):
    studies = benchmarks["studies"]

    def keys() -> list[str]:
        of = [studies.settings(studies.tuned(name), "quick") for name in ("mlp", "vit")]
        return [*of, studies.evaluation()]

    before = keys()
    edit(code / file)
    changed = [one != other for one, other in zip(before, keys(), strict=True)]
    assert changed == [mlp, vit, evaluation]


def test_who_begins_from_another_study_is_as_stale_as_that(small, monkeypatch):
    before = small.settings(small.STUDIES["second"], "quick")
    changed = small.STUDIES["first"]._replace(changes={"epochs": 1, "batch_size": 16})
    monkeypatch.setitem(small.STUDIES, "first", changed)
    assert small.settings(small.STUDIES["second"], "quick") != before


def test_runs_of_another_amount_of_compute_are_others(small, monkeypatch):
    """Even of the same recipe: how much of it is trained follows from the compute."""
    values = small.params.load()
    keys = [small.settings(small.STUDIES["first"], budget) for budget in ("quick", "full")]
    values["budgets"]["quick"]["petaflop"] = 0.01
    monkeypatch.setattr(small.params, "load", lambda: values)
    keys.append(small.settings(small.STUDIES["first"], "quick"))
    assert len(set(keys)) == 3


def test_rows_of_other_training_code_are_dropped(small, code, monkeypatch):
    run(small, monkeypatch)
    edit(code / "training/loop.py")
    assert run(small, monkeypatch, "--seeds", "0") == []


def test_another_evaluation_makes_the_rows_again_without_training(
    small, benchmarks, code, monkeypatch, no_training
):
    rows = run(small, monkeypatch, "first")
    edit(code / "evaluation/scores.py")
    monkeypatch.setattr(benchmarks["runs"].scores, "of_seed", lambda *of: {"accuracy": 0.125})
    no_training()
    (again,) = run(small, monkeypatch, "--seeds", "0")
    assert again["accuracy"] == 0.125
    assert again["evaluation"] != rows[0]["evaluation"]
    same = ("settings", "revision", "curve", "gflops", "date")
    assert {again[key] == rows[0][key] for key in same} == {True}


def test_without_predictions_another_evaluation_trains_again(small, code, monkeypatch):
    rows = run(small, monkeypatch, "first")
    edit(code / "evaluation/scores.py")
    shutil.rmtree(".studies/runs")
    assert run(small, monkeypatch, "--seeds", "0") == []
    (again,) = run(small, monkeypatch, "first")
    assert again["accuracy"] == rows[0]["accuracy"]


def test_code_that_changes_under_a_running_process_is_refused(small, benchmarks, code, monkeypatch):
    def load(values, folder):
        edit(code / "training/loop.py")
        return benchmarks["accuracy"].noise()

    monkeypatch.setattr(benchmarks["runs"], "load", load)
    with pytest.raises(errors.Refused, match=r"second: code .* changed"):
        run(small, monkeypatch)


def test_every_study_s_parameters_hold(benchmarks, monkeypatch):
    studies = benchmarks["studies"]
    for study in studies.STUDIES.values():
        kept = {key: study.changes[key] for key in study.changes if "init_from" not in key}
        _, values = studies.asked(study._replace(changes=kept), "full")
        check(values | {"architectures": [study.architecture]})


def test_a_revision_is_of_the_training_s_code_alone(benchmarks, code):
    keys = benchmarks["keys"]
    assert keys.revision("mlp") == ""
    commit(keys, "first")
    first = keys.revision("mlp")
    edit(code / "models/vit.py")
    edit(code / "report/page.py")
    assert keys.revision("mlp") == first
    assert keys.revision("vit") == "changed"
    commit(keys, "second")
    assert keys.revision("mlp") == first
    assert keys.revision("vit") not in (first, "changed", "")


def commit(keys, message: str) -> None:
    keys.git("init", "--quiet")
    keys.git("add", "--all")
    keys.git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", message)
