"""Stages external, compare and report, on predictions made elsewhere."""

import json
import re
from pathlib import Path

import external_project as project
import pandas as pd
import pytest
from html_reader import Reader

from archbench.comparison import hits, pairwise
from archbench.external import compared
from archbench.style.palette import looks

THREE = ("external", "compare", "report")
ARCHITECTURES = list(project.SKILLS)


@pytest.fixture(scope="module")
def beside(tmp_path_factory) -> Path:
    """Two external models: classes of two runs, and probabilities of one."""
    root = project.make(tmp_path_factory.mktemp("beside"))
    runs = [project.put(root, f"paper/{number}.json", 3 + number) for number in range(2)]
    sure = project.put_probabilities(root, "sure.csv", 0.2)
    project.set_external(root, {"paper": runs, "un-sure": sure})
    project.run(root, *THREE)
    return root


def details(root: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(root / f"metrics/details/{name}.csv")


def test_every_pair_has_its_verdict_and_all_are_corrected_together(beside):
    names = {*ARCHITECTURES, "paper", "un-sure"}
    pairs = pd.read_csv(beside / "metrics/pairwise.csv")
    assert len(pairs) == 6
    assert set(pairs["first"]) | set(pairs["second"]) == names
    found = hits.unpack(details(beside, "hits"))
    assert set(found) == names
    assert found["paper"].shape == (len(project.LABELS), 2)
    assert found["paper"].mean(0).tolist() == pytest.approx([1 - 3 / 300, 1 - 4 / 300])
    expected = pairwise.table(found, 0.005)[["first", "second", "low", "high", "verdict"]]
    pd.testing.assert_frame_equal(pairs[list(expected)], expected)
    ranks = details(beside, "ranks")
    assert set(ranks["architecture"]) == names
    assert ranks[ranks["architecture"] == "paper"].to_numpy().tolist() == [["paper", 1, 1]]


def test_what_predictions_alone_tell_is_in_the_tables(beside):
    numbers = details(beside, "numbers").set_index("number")
    paper, unsure = (numbers[name].dropna().to_dict() for name in ("paper", "un-sure"))
    assert float(paper["accuracy"]) == pytest.approx(1 - 3.5 / 300, abs=1e-6)
    assert numbers.loc["external"].dropna().to_dict() == {"paper": "True", "un-sure": "True"}
    assert {"loss", "brier", "ece"} & paper.keys() == set()
    assert {"loss", "brier", "ece"} <= unsure.keys()
    assert "temperature" not in unsure
    for name in ("classes", "seeds", "duplicates"):
        assert {"paper", "un-sure"} <= set(details(beside, name)["architecture"])
    duplicates = details(beside, "duplicates").set_index("architecture")
    assert duplicates.loc["paper", "on_them"] == pytest.approx(1 - 3.5 / 9)
    missed = details(beside, "missed_by_all")
    assert set(missed["index"]) <= {0, 1, 2}
    assert missed["margin"].between(-1, 0).all()


def test_the_page_says_who_is_external_and_claims_nothing_more_of_them(beside):
    html = (beside / "report/report.html").read_text()
    for text in (Reader(html).text, (beside / "report/report.md").read_text()):
        words = " ".join(text.split())
        assert "External: paper, un-sure. Their predictions were made elsewhere." in words
        assert "paper reaches 98.8 ± " in words
        assert "paper was trained elsewhere, under conditions that are not known here." in words
        assert "Of those trained here: fast reaches " in words
        assert "one seed of the one with fewer" in words
        assert "Each training here took 45 GFLOP" in words
        assert "Training fast took 100 s a seed" in words
        assert "What the external models took is not known here." in words
        assert "All that is chosen here (epochs" in words
        assert "nan" not in words.split()
    assert "gallery/fast.html" in html
    assert "gallery/paper.html" not in html


def test_their_rows_are_where_predictions_are_enough_and_nowhere_else(beside):
    _, *sections = (beside / "report/report.md").read_text().split("\n## ")
    found = {section.split("\n")[0]: section for section in sections}
    tables = {title: re.findall(r"^\|.*", text, re.M) for title, text in found.items()}
    with_them = {title for title, rows in tables.items() if re.search("paper", "".join(rows))}
    (without,) = (title for title in found if title.startswith("Without 9 test images"))
    assert with_them == {"Comparison", "Differences", "Most frequent confusions", without}
    (row,) = (row for row in tables["Comparison"] if row.startswith("| paper |"))
    assert row.endswith("| - | - | - | - | - | - |")


def test_without_any_the_page_has_no_word_of_them_and_no_number_changes(beside, tmp_path):
    root = project.make(tmp_path)
    said = project.run(root, *THREE)
    page = (root / "report/report.md").read_text()
    assert "xternal" not in page + said
    assert not re.search("(trained|training|chosen|known) here", page, re.I)
    pairs = pd.read_csv(root / "metrics/pairwise.csv")
    assert pairs[["first", "second"]].to_numpy().tolist() == [ARCHITECTURES]
    assert json.loads((root / compared.NAMES).read_text()) == []
    numbers = details(root, "numbers").set_index("number")
    both = details(beside, "numbers").set_index("number")
    pd.testing.assert_frame_equal(numbers, both.loc[numbers.index, ARCHITECTURES])


def test_an_architecture_has_one_look_whoever_stands_beside_it(beside):
    alone = looks(ARCHITECTURES)
    with_them = looks([*ARCHITECTURES, "a", "paper"], ["a", "paper"])
    assert {name: with_them[name] for name in alone} == alone
    assert len(set(with_them.values())) == 4


def bad(root: Path, lines: list[object]) -> str:
    path = root / "data/external/bad.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(lines))
    return path.name


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0, 1], "data/external/bad.json: has 2 rows: should have 300, one for each image of "),
        (
            [3] * 300,
            "data/external/bad.json: row 1: '3': is no class; classes are: cat, dog, frog",
        ),
    ],
    ids=["images", "classes"],
)
def test_a_file_that_does_not_fit_is_one_line_and_leaves_nothing(tmp_path, values, message):
    root = project.make(tmp_path)
    names = [project.put(root, "good.json", 3), bad(root, values)]
    project.set_external(root, dict(zip(("good", "bad"), names, strict=True)))
    said = project.run(root, "external", status=2)
    assert said.startswith(message)
    assert len(said.splitlines()) == 1
    assert not (root / "data/external_predictions").exists()


def test_three_runs_beside_three_seeds_are_about_other_seeds_and_fewer_are_not(tmp_path):
    root = project.make(tmp_path, seeds=3)
    runs = [project.put(root, f"{number}.json", 3 + number) for number in range(3)]
    project.set_external(root, {"three": runs, "once": runs[0]}, seeds=3)
    project.run(root, *THREE)
    pairs = pd.read_csv(root / "metrics/pairwise.csv").set_index(["first", "second"])["verdict"]
    assert pairs["three", "slow"] == "better"
    assert pairs["once", "slow"] == "these networks differ"
    page = (root / "report/report.md").read_text()
    assert "| architecture | test accuracy | rank |" in page
    assert "Models with three runs or more each: The interval" in page
    assert "Pairs of models with three runs or more each: In 95 %" in page
    assert "Set seeds: " not in page
    assert "Other runs of once: from fewer than three each nobody knows" in page
    assert "no number of seeds would find" not in page


def test_an_external_model_at_chance_is_named_first(tmp_path):
    root = project.make(tmp_path)
    project.set_external(root, {"zeros": bad(root, [0] * 300)})
    said = project.run(root, *THREE)
    assert "zeros has a network that learned nothing: run 1 predicts one class for every" in said
