"""Crossings and leaders, by hand."""

import numpy as np
import pandas as pd
import pytest

from archbench.comparison import pairwise
from archbench.frontier import crossings
from archbench.frontier.crossings import Crossing
from archbench.frontier.experiments import Experiment

BUDGETS = [0.01, 0.02, 0.04, 0.08]


def rows(gaps: list[float], half: float = 0.02) -> pd.DataFrame:
    gap = np.array(gaps)
    ends = {"difference": gap, "low": gap - half, "high": gap + half}
    return pd.DataFrame({"petaflop": BUDGETS, "first": "a", "second": "b"} | ends)


def test_the_one_that_wins_in_the_end_is_named_first_and_since_when():
    found = crossings.crossing(rows([-0.05, -0.01, 0.01, 0.05]))
    assert (found.ahead, found.behind) == ("a", "b")
    assert found.crosses == pytest.approx(np.sqrt(0.02 * 0.04))  # half-way in the logarithm
    assert (found.after, found.since) == (0.01, 0.08)
    other = crossings.crossing(rows([0.05, 0.01, -0.01, -0.05]))
    assert (other.ahead, other.behind) == ("b", "a")
    assert other.crosses == pytest.approx(np.sqrt(0.02 * 0.04))
    assert (other.after, other.since) == (0.01, 0.08)


def test_one_that_is_ahead_throughout_crosses_nowhere():
    assert crossings.crossing(rows([0.05] * 4)) == Crossing("a", "b", None, None, 0.01)
    assert crossings.crossing(rows([0.01] * 4)) == Crossing("a", "b", None, None, None)


def test_what_is_sure_at_some_budgets_is_not_sure_from_there_on():
    found = crossings.crossing(rows([0.05, 0.01, 0.05, 0.05]))
    assert found.since == 0.04
    assert crossings.crossing(rows([0.05, 0.05, 0.05, 0.01])).since is None


def test_of_several_crossings_the_last_counts():
    found = crossings.crossing(rows([0.05, -0.05, -0.03, 0.01]))
    assert found.crosses == pytest.approx(np.exp(np.log(0.04) + 0.75 * np.log(2)))
    assert found.after == 0.04


def experiment(petaflop: float, **accuracies: float) -> Experiment:
    random = np.random.default_rng(0)
    runs = {name: random.random((2000, 3)) < share for name, share in accuracies.items()}
    taken = dict.fromkeys(runs, petaflop)
    return Experiment(petaflop=petaflop, taken=taken, hits=runs, test_set="x", others={})


TWO = [experiment(0.01, a=0.5, b=0.6, c=0.61), experiment(0.02, a=0.9, b=0.7, c=0.71)]


def test_the_intervals_of_all_budgets_hold_together():
    found = crossings.differences(TWO, margin=0.005)
    assert len(found) == 6
    row = found[(found["petaflop"] == 0.02) & (found["second"] == "c")].iloc[0]
    alone = pairwise.compare(TWO[1].hits["a"], TWO[1].hits["c"], 0.005, 6)
    assert (row["first"], row["low"], row["high"]) == ("a", alone.low, alone.high)
    assert alone.low < pairwise.compare(TWO[1].hits["a"], TWO[1].hits["c"], 0.005, 3).low
    assert [one.ahead for one in crossings.crossings(found)] == ["a", "a", "c"]


def test_leaders_are_those_that_no_interval_tells_from_the_best():
    found = crossings.differences(TWO, margin=0.005)
    assert crossings.leaders(TWO[0], found) == ["c", "b"]
    assert crossings.leaders(TWO[1], found) == ["a"]
