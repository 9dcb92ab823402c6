"""Where the order of the architectures changes with compute, and how sure that is.

The intervals of all pairs at all budgets hold together, so what is read off them does too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from archbench.comparison import pairwise
from archbench.evaluation.uncertainty import Array
from archbench.frontier.experiments import Experiment


@dataclass(frozen=True, slots=True)
class Crossing:
    """Of the architecture that is ahead with the most compute, and of another; 10¹⁵ operations."""

    ahead: str
    behind: str
    crosses: float | None
    """Where it goes ahead, for good as far as was tried; None: it is ahead at every budget."""
    after: float | None
    """The largest budget at which it is surely behind, if it is so at any."""
    since: float | None
    """The budget from which on it is surely ahead, at all larger ones too; None: at none."""


def differences(experiments: Sequence[Experiment], margin: float) -> pd.DataFrame:
    """A row per budget and pair of architectures: `first` minus `second`, with its interval."""
    pairs = [
        (experiment, one, other)
        for experiment in experiments
        for one, other in combinations(experiment.hits, 2)
    ]
    rows = []
    for experiment, one, other in pairs:
        found = pairwise.compare(experiment.hits[one], experiment.hits[other], margin, len(pairs))
        row = {"petaflop": experiment.petaflop, "first": one, "second": other}
        rows.append(row | {key: getattr(found, key) for key in ("difference", "low", "high")})
    return pd.DataFrame(rows)


def crossings(differences: pd.DataFrame) -> list[Crossing]:
    """Of every pair."""
    return [crossing(rows) for _, rows in differences.groupby(["first", "second"], sort=False)]


def crossing(rows: pd.DataFrame) -> Crossing:
    """Of one pair's rows, the smallest budget first."""
    names = (str(rows["first"].iloc[0]), str(rows["second"].iloc[0]))
    budgets, gaps, lows, highs = rows[["petaflop", "difference", "low", "high"]].to_numpy(float).T
    if gaps[-1] < 0:
        names, gaps, lows, highs = names[::-1], -gaps, -highs, -lows
    unsure, behind = np.flatnonzero(lows <= 0), np.flatnonzero(highs < 0)
    since = unsure[-1] + 1 if len(unsure) else 0
    return Crossing(
        *names,
        crosses=_last_change(budgets, gaps),
        after=float(budgets[behind[-1]]) if len(behind) else None,
        since=float(budgets[since]) if since < len(budgets) else None,
    )


def _last_change(budgets: Array, gaps: Array) -> float | None:
    """Where the gap is zero between two budgets, on a straight line over compute's logarithm."""
    negative = np.flatnonzero(gaps < 0)
    if not len(negative):
        return None
    at = negative[-1]
    return float(np.exp(np.interp(0, gaps[at : at + 2], np.log(budgets[at : at + 2]))))


def leaders(experiment: Experiment, differences: pd.DataFrame) -> list[str]:
    """The most accurate, and those whose interval does not tell them from it, best first."""
    ranked = sorted(experiment.hits, key=lambda name: (-experiment.hits[name].mean(), name))
    rows = differences[differences["petaflop"] == experiment.petaflop]
    beaten = rows.loc[(rows["first"] == ranked[0]) & (rows["low"] > 0), "second"]
    beaten_too = rows.loc[(rows["second"] == ranked[0]) & (rows["high"] < 0), "first"]
    return [name for name in ranked if name not in {*beaten, *beaten_too}]
