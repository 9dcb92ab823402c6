"""The runs behind docs/claims.md go on where they stopped, and the page follows from their rows."""

import importlib
import json
import shutil
import sys
from pathlib import Path

import pytest

from archbench import errors
from archbench.check import check
from archbench.training import loop

ROOT = Path(__file__).parents[2]


MODULES = ("accuracy", "keys", "runs", "studies", "claims")


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return {name: importlib.import_module(name) for name in MODULES}


@pytest.fixture
def code(benchmarks, tmp_path, monkeypatch):
    """A copy of the code, to be edited; what runs is the code itself."""
    shutil.copytree(ROOT / "src", tmp_path / "code/src")
    shutil.copy(ROOT / "dvc.yaml", tmp_path / "code")
    monkeypatch.setattr(benchmarks["keys"], "ROOT", tmp_path / "code")
    return tmp_path / "code/src/archbench"


@pytest.fixture
def small(benchmarks, code, tmp_path, monkeypatch):
    """Two studies of noise, in a folder of their own."""
    accuracy, studies = benchmarks["accuracy"], benchmarks["studies"]
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    first = studies.tuned("mlp", epochs=2, batch_size=16)._replace(kept=True)
    begun = studies.tuned("mlp", {"init_from": "first.safetensors"}, epochs=2, batch_size=16)
    monkeypatch.setattr(studies, "STUDIES", {"first": first, "second": begun})
    monkeypatch.setattr(benchmarks["runs"], "load", lambda values, folder: accuracy.noise())
    return studies


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
        ("data/splits.py", True, True, False),
        ("models/classifier.py", True, True, False),
        ("models/mlp.py", True, False, False),
        ("models/vit.py", False, True, False),
        ("evaluation/metrics.py", False, False, True),
        ("reporting/page.py", False, False, False),
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
    assert {again[key] == rows[0][key] for key in ("settings", "curve", "gflops", "date")} == {True}


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


def test_the_page_is_what_the_rows_say(benchmarks, tmp_path):
    """The committed rows, whatever code made them: the keys that they carry are not today's."""
    benchmarks["claims"].write(benchmarks["studies"].read(), tmp_path)
    for made in tmp_path.iterdir():
        assert made.read_text() == (ROOT / "docs" / made.name).read_text()


def test_no_page_is_made_of_stale_rows(small, benchmarks, code, monkeypatch):
    run(small, monkeypatch, "first")
    benchmarks["claims"].main()
    for edited in ("evaluation/scores.py", "training/loop.py"):
        edit(code / edited)
        with pytest.raises(errors.Refused, match="1 row of other code"):
            benchmarks["claims"].main()
        run(small, monkeypatch, "--seeds", "0")
        benchmarks["claims"].main()


@pytest.fixture
def rows():
    """Of full runs of one study."""

    def make(study: str, accuracies: list[float], **changes) -> list[dict]:
        same = {"study": study, "budget": "full", "train_images": 54_000, "epochs": 9}
        same |= {"device": "a CPU", "threads": 1, "test_images": 10_000, "stopped": None}
        same |= dict.fromkeys(("loss", "ece", "scaled_ece", "train_accuracy"), 0.5)
        same |= dict.fromkeys(("precision_weighted", "gflops", "train_seconds"), 0.5)
        return [same | {"seed": k, "accuracy": one} | changes for k, one in enumerate(accuracies)]

    return make


@pytest.mark.parametrize(
    ("published", "said"),
    [(0.955, "published is higher"), (0.945, "published is lower"), (0.9549, "inside")],
)
def test_a_published_run_is_judged_by_what_one_more_of_ours_would_be(benchmarks, published, said):
    """Half the mean's interval would be 0.0025, and call the last one higher."""
    ends = benchmarks["claims"].prediction([0.949, 0.950, 0.951])
    assert ends == pytest.approx((0.95 - 0.004968, 0.95 + 0.004968), abs=1e-6)  # 4.3027 √(1 + 1/3)
    assert benchmarks["claims"].verdict(published, ends) == said


def test_three_full_runs_make_a_verdict(benchmarks, rows):
    claims, seeds = benchmarks["claims"], [0.9784, 0.9763, 0.9805]
    line = claims.claims(rows("mlp-mnist-reference", seeds)).set_index(["system", "metric"])
    mlp = line.loc[("MLP, MNIST", "accuracy")]
    assert mlp["verdict"] == "inside"
    assert mlp["prediction interval of one more run"] == "[96.80 %, 98.88 %]"
    assert mlp["ours, its recipe"].startswith("97.84 % [97.32 %, 98.36 %], full budget")
    assert mlp["ours, tuned"] == "not run with this code"
    two = claims.claims(rows("mlp-mnist-reference", seeds[:2]))
    quick = claims.claims(rows("mlp-mnist-reference", seeds, budget="quick"))
    assert {*two["verdict"], *quick["verdict"]} == {"not yet run in full"}


def test_one_run_has_an_interval_of_its_own_test_images(benchmarks, rows):
    claims = benchmarks["claims"]
    assert claims.estimate(rows("vit-tuned", [0.5]), "accuracy") == "50.00 % [49.02 %, 50.98 %]"
    few = rows("vit-tuned", [0.5], test_images=100)
    assert claims.estimate(few, "accuracy") == "50.00 % [40.38 %, 59.62 %]"
    assert claims.estimate(few, "loss") == "0.5000"


def test_runs_of_other_lengths_and_machines_are_not_taken_for_alike(benchmarks, rows):
    both = rows("vit-tuned", [0.5]) + rows("vit-tuned", [0.6], epochs=12, threads=2)
    said = benchmarks["claims"].conditions(both)
    assert said == (
        "full budget: 54,000 images × 9–12 epochs, 2 seeds; a CPU, 1 thread; a CPU, 2 threads"
    )


def test_without_rows_nothing_is_claimed(benchmarks):
    page = benchmarks["claims"].page([])
    assert page.count("not yet run in full") == 6
    assert page.count("not run with this code") == 12 + 1 + 14
    assert "better" not in page
