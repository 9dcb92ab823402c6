"""What params.yaml says of a recipe's accuracy and cost is what committed runs say."""

import importlib
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from archbench.base import files, params

ROOT = Path(__file__).parents[1]
NUMBERS = Path("metrics/details/numbers.csv")
SAID = re.compile(r"    (\w+): +# quick: ([\d.]+) % in ([\d,]+) s")


@pytest.fixture
def recipe_comments(monkeypatch, tmp_path):
    """The benchmark, beside a copy of what it reads and writes."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    for folder in ("metrics", "results"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return importlib.import_module("recipe_comments")


@pytest.fixture
def quick(recipe_comments):
    """A row of a study under the quick budget, trained as that study is now."""
    (row, *_) = json.loads(Path("results/studies.json").read_text())
    studies = recipe_comments.studies

    def of(name: str) -> dict:
        settings = studies.settings(studies.STUDIES[name], "quick")
        return row | {"budget": "quick", "seed": 0, "study": name, "settings": settings}

    return of


def write_studies(*rows: dict) -> None:
    Path("results/studies.json").write_text(json.dumps(rows))


def numbers(path: Path) -> pd.DataFrame:
    """A row per number, a column per architecture."""
    return files.read_table(path).set_index("number")


def text() -> str:
    return (ROOT / "params.yaml").read_text()


@pytest.mark.usefixtures("committed_run")
def test_the_comments_are_those_of_the_committed_runs(recipe_comments):
    made = recipe_comments.commented(text(), recipe_comments.comments())
    assert made == text(), "python benchmarks/recipe_comments.py"


@pytest.mark.usefixtures("committed_run")
def test_they_say_what_the_pipeline_measured():
    tuned = text().partition("  reference:")[0]
    said = {name: (percent, seconds) for name, percent, seconds in SAID.findall(tuned)}
    for name, of in numbers(ROOT / NUMBERS).items():
        accuracy, seconds = float(of["accuracy"]), float(of["train_seconds"])
        assert said[name] == (f"{100 * accuracy:.1f}", f"{seconds:,.0f}")


def test_every_file_of_metrics_is_of_an_architecture_of_the_committed_run():
    """DVC shows no other; git keeps one until `git rm`."""
    files_of = {path.stem for path in (ROOT / "metrics").glob("*.json")}
    assert files_of == set(numbers(ROOT / NUMBERS))


def test_another_result_changes_its_recipe_s_comment_alone(recipe_comments):
    before = recipe_comments.comments()
    measured = numbers(NUMBERS)
    measured.loc[["accuracy", "seeds"], "resnet18"] = ["0.5", "3"]
    files.write_table(NUMBERS, measured.reset_index())
    after = recipe_comments.comments()
    assert {name for name in before | after if before.get(name) != after.get(name)} == {
        ("tuned", "resnet18")
    }
    assert re.fullmatch(r"quick: 50\.0 % in [\d,]+ s \(3 seeds\)", after["tuned", "resnet18"])


def test_a_study_s_figures_are_its_seeds_means(recipe_comments, quick):
    row = quick("vit-tuned")
    pair = [row | {"accuracy": 0.7, "train_seconds": 100}, row | {"accuracy": 0.8, "seed": 1}]
    pair[1]["train_seconds"] = 300
    write_studies(*pair, quick("stem-small"))  # which changes its recipe
    assert recipe_comments.comments()["tuned", "vit"] == "quick: 75.0 % in 200 s (2 seeds)"
    assert ("tuned", "resnet34") not in recipe_comments.comments()


def test_a_study_of_another_recipe_budget_or_code_is_not_shown(recipe_comments, quick):
    write_studies(quick("vit-tuned") | {"settings": "of another day"})
    assert ("tuned", "vit") not in recipe_comments.comments()
    write_studies(quick("vit-tuned"))
    assert ("tuned", "vit") in recipe_comments.comments()


def test_the_pipeline_s_run_comes_before_a_study_of_the_same_conditions(recipe_comments, quick):
    write_studies(quick("se_resnet-tuned") | {"accuracy": 0.25})
    of_pipeline = recipe_comments.comments()["tuned", "se_resnet"]
    files.write_table(NUMBERS, numbers(NUMBERS).drop(columns="se_resnet").reset_index())
    of_study = recipe_comments.comments()["tuned", "se_resnet"]
    assert "25.0 %" not in of_pipeline
    assert of_study.startswith("quick: 25.0 % in")


@pytest.mark.usefixtures("committed_run")
def test_nothing_but_the_comments_behind_names_changes(recipe_comments):
    bare = recipe_comments.commented(text(), {})
    assert not SAID.search(bare)
    assert params.parse(bare) == params.parse(text())
    assert recipe_comments.commented(bare, recipe_comments.comments()) == text()
    pairs = zip(bare.splitlines(), text().splitlines(), strict=True)
    assert {other[: len(one)] == one for one, other in pairs} == {True}
