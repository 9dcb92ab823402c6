"""With more architectures than a figure or a matrix can show, a page says what stands for all."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import synthetic
from html_reader import Reader

from archbench.base import paths
from archbench.report import many, page
from archbench.report.markdown import markdown
from archbench.style.palette import looks

ROOT = Path(__file__).parents[2]
MOST = many.MANY_MODELS


def pair(first: str, second: str, low: float) -> dict[str, object]:
    return {"first": first, "second": second, "difference": 0.05, "low": low, "high": 0.1}


LOWS = {"ab": -0.01, "ac": 0.01, "ad": 0.02, "bc": -0.02, "bd": 0.03, "cd": -0.03}
PAIRS = pd.DataFrame([pair(names[0], names[1], low) for names, low in LOWS.items()])


@pytest.fixture(scope="module")
def results():
    skills = {f"n{rank:02}": 3 - 0.2 * rank for rank in range(MOST + 1)}
    return synthetic.results(skills, robustness=True)


@pytest.fixture(scope="module")
def html(results):
    return page.html(results)


def test_a_standing_is_the_ranks_and_the_next_that_is_surely_behind():
    assert many.standings(PAIRS).to_numpy().tolist() == [
        ["a", "1–2", "1", "c", "5.0 [1.0, 10.0]"],
        ["b", "1–3", "2", "d", "5.0 [3.0, 10.0]"],
        ["c", "2–4", "2", "-", "-"],
        ["d", "3–4", "1", "-", "-"],
    ]


def test_ranks_are_those_of_stage_compare(results):
    found = many.standings(results.tables["pairwise"]).set_index("architecture")["rank"]
    listed = page.content(results)["comparison"].set_index("architecture")["rank"]
    assert found.to_dict() == listed.to_dict()
    assert len(set(found)) > 1


def test_a_figure_has_the_best_and_says_where_all_are(results, html):
    drawn = page.figures(results)
    assert list(drawn["Confusion"]) == results.numbers.index[: many.PANELS].tolist()
    assert len(drawn["Calibration"]) == many.PANELS
    (legend,) = drawn["Risk and coverage"][""].legends
    named = [text.get_text() for text in legend.get_texts()]
    assert named == results.numbers.index[: many.LINES].tolist()
    assert len(drawn["Test accuracy"][""].axes[0].get_yticklabels()) == MOST + 1
    text = Reader(html).text
    assert (
        f"Of {MOST + 1} the best {many.PANELS} are shown; all are in plots/confusion.csv." in text
    )
    assert f"Of {MOST + 1} the best {many.LINES} are shown; all are in data/evaluation." in text


def test_what_is_left_out_changes_no_look_of_what_is_shown(results):
    key = looks(results.numbers.index)
    lines = page.figures(results)["Risk and coverage"][""].axes[0].lines
    shown = results.numbers.index[: many.LINES]
    assert [line.get_color() for line in lines] == [key[name].colour for name in shown]


def test_in_a_scatter_those_on_the_front_are_named(results):
    numbers = results.numbers.assign(gflops=range(1, MOST + 2))
    drawn = page.figures(replace(results, numbers=numbers))["Cost and quality"]
    panel = drawn["prediction"].axes[0]
    assert [text.get_text() for text in panel.texts] == [numbers.index[0]]
    assert [dot.get_alpha() for dot in panel.lines[2::2]] == [None, *[0.4] * MOST]


def test_of_many_exported_networks_those_on_the_front_are_named(results):
    exported = synthetic.inference([f"n{rank:02}" for rank in range(MOST + 1)])
    tables = results.tables | {"inference": exported}
    (figure,) = page.figures(replace(results, tables=tables))["Cost of use"].values()
    assert [text.get_text() for text in figure.axes[0].texts] == ["n00"]
    assert many.notes(tables, MOST)["Cost of use"] == "Those on the front are named."
    said = many.notes(results.tables, MOST + 1)["Cost and quality"]
    assert said == "Those on the front are named, the others faint."
    assert not {"Cost of use", "Cost and quality"} & set(many.notes(results.tables, MOST))


def test_the_matrix_gives_way_to_standings_and_all_pairs_to_those_of_the_best(results, html):
    content = page.content(results)
    assert content["matrix"].columns[0] == "architecture"
    assert len(content["pairs"]) == MOST
    best = results.numbers.index[0]
    assert all(cell.startswith(f"{best} − ") for cell in content["pairs"]["pair"])
    for words_ in (Reader(html).text, markdown(results).replace("\\", "")):
        assert "55 pairs of 11 architectures" in words_
        assert "all are in metrics/pairwise.csv" in words_
        assert "all are in metrics/details/robustness_pairs.csv" in words_
    assert 'class="matrix"' not in html


def test_each_table_of_pairs_is_summed_up_by_its_own_number_of_architectures(results):
    few = results.tables["robustness_pairs"].head(1)
    mixed = replace(results, tables=results.tables | {"robustness_pairs": few})
    html = page.html(mixed)
    assert html.count("p of the best and each other") == html.count("p of each pair") == 1


def test_the_gallery_of_each_is_found_from_that_of_all(html):
    assert "all architectures together</a>, and from there each one." in html
    assert '<a href="../gallery/n' not in html


def test_with_one_less_everything_shows_each(results):
    skills = {f"n{rank:02}": 3 - 0.2 * rank for rank in range(MOST)}
    few = synthetic.results(skills)
    content = page.content(few)
    assert content["partly"] == {}
    assert content["matrix"].columns[0] == "row − column"
    assert len(content["pairs"]) == MOST * (MOST - 1) / 2
    assert len(page.figures(few)["Confusion"]) == MOST
    assert page.html(few).count('<a href="../gallery/n') == MOST


def test_the_files_that_have_all_are_there():
    files = {file for *_, file in many.FIGURES.values()}
    assert str(paths.evaluation("a", "b").parents[1]) in files
    assert all((ROOT / file).is_file() for file in files if file.endswith(".csv"))


def test_of_many_names_the_first_and_how_many_others():
    assert many.named(list("abcdefgh")) == "a, b, c, d, e, f, g, h"
    assert many.named(list("abcdefghi")) == "a, b, c, d, e and 4 others"
