"""The words, the tables and the drawing of a frontier hold its numbers."""

import re

import numpy as np
import pytest

from archbench.frontier import crossings, law, page
from archbench.frontier.crossings import Crossing
from archbench.frontier.experiments import Experiment


def experiment(petaflop: float, taken: float, **accuracies: float) -> Experiment:
    """Of 1,000 images and three seeds that are right as often."""
    runs = {
        name: np.repeat([[True] * 3, [False] * 3], [round(1000 * a), 1000 - round(1000 * a)], 0)
        for name, a in accuracies.items()
    }
    took = dict.fromkeys(runs, petaflop) | {"small": taken}
    return Experiment(petaflop=petaflop, taken=took, hits=runs, test_set="x", others={})


EACH = [
    experiment(0.01, 0.01, small=0.6, large=0.3),
    experiment(0.02, 0.01, small=0.6, large=0.5),
    experiment(0.04, 0.01, small=0.6, large=0.9),
]
DIFFERENCES = crossings.differences(EACH, margin=0.005)
TABLE = page.accuracies(EACH)


def test_the_sentence_names_who_leads_where():
    assert page.sentence(EACH, DIFFERENCES) == (
        "Of what was tried, take small from 10 TFLOP to 20 TFLOP; large with 40 TFLOP."
    )


def test_the_table_has_a_column_per_budget_and_says_who_ended_sooner():
    found = page.accuracy_table(TABLE)
    assert list(found.columns) == ["architecture", "10 TFLOP", "20 TFLOP", "40 TFLOP"]
    assert found["architecture"].tolist() == ["large", "small"]
    row = TABLE.iloc[1]
    words = f"30.0 [{100 * row['low']:.1f}, {100 * row['high']:.1f}]"
    assert found.loc[0, "10 TFLOP"] == words
    assert str(found.loc[1, "40 TFLOP"]).endswith("] after 10 TFLOP")
    assert "after" not in str(found.loc[1, "10 TFLOP"])


def test_the_pairs_say_where_they_cross():
    best = [Crossing("a", "b", 0.013, 0.01, 0.04), Crossing("a", "c", None, None, None)]
    rest = Crossing("b", "c", None, None, 0.01)
    assert page.crossing_table([rest, *reversed(best)]).to_numpy().tolist() == [
        ["a ahead of b", "13 TFLOP", "10 TFLOP", "40 TFLOP"],
        ["a ahead of c", "ahead throughout", "-", "-"],
        ["b ahead of c", "ahead throughout", "-", "10 TFLOP"],
    ]


def test_only_budgets_that_were_used_up_have_a_part_in_the_law():
    four = [*EACH, experiment(0.08, 0.01, small=0.6, large=0.95)]
    assert list(page.forecasts(page.accuracies(four))) == ["large"]
    assert page.forecasts(TABLE) == {}


def test_the_law_s_table_gives_accuracies():
    one = law.Forecast(exponent=0.304, error=0.2, low=0.15, high=0.3, seen=0.25)
    assert page.law_table({"a": one}).to_numpy().tolist() == [
        ["a", "0.30", "80.0 % [70.0, 85.0]", "75.0 %", "yes"]
    ]


def test_each_line_has_its_points_at_what_training_took():
    drawing = page.figure(TABLE)
    (panel,) = drawing.axes
    assert [text.get_text() for text in panel.texts] == ["large", "small"]
    drawing.draw_without_rendering()
    said = {tick.get_text() for tick in panel.get_xticklabels(which="both")} - {""}
    assert {"10 TFLOP", "20 TFLOP"} <= said
    assert all(re.fullmatch(r"\d+ [GTP]FLOP", text) for text in said)
    small, large = panel.lines
    assert np.array(large.get_data()) == pytest.approx(
        np.array([[1e13, 2e13, 4e13], [0.3, 0.5, 0.9]])
    )
    assert np.array(small.get_data()) == pytest.approx(np.array([[1e13] * 3, [0.6] * 3]))
    bands = [np.asarray(band.get_paths()[0].vertices)[:, 1] for band in panel.collections]
    assert bands[1].max() == pytest.approx(TABLE["high"].iloc[-1])
    assert bands[1].min() == pytest.approx(TABLE["low"].iloc[1])


def test_few_seeds_have_the_interval_of_their_networks():
    few = [experiment(0.01, 0.01, small=0.6)]
    one = Experiment(
        petaflop=0.01, taken={"small": 0.01}, hits={"small": few[0].hits["small"][:, :1]},
        test_set="x", others={},
    )  # fmt: skip
    found = page.accuracies([one])
    assert found["seeds"].tolist() == [1]
    promise = "Intervals are for other test images of the kind and other seeds."
    few_at = " Fewer than three seeds say nothing of others, at 10 TFLOP."
    assert page.seeds_note([one, *EACH[1:]]) == promise + few_at
    assert page.seeds_note(EACH) == promise
    assert found["low"].iloc[0] < 0.6 < found["high"].iloc[0]
