"""More architectures than a figure or a matrix can show: which stand for all, and what the reader
is told of the rest. With few, everything shows each, and nothing here changes a word."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from archbench.style.quantities import NONE, ends, points

MANY_MODELS = 10
"""Architectures beyond which a figure of lines or a matrix of pairs cannot be read."""
NAMED, FIRST = 8, 5
"""Names up to which a sentence has each, and those that it begins with where there are more."""
LINES, PANELS = 8, 4
"""The best architectures that share a panel, and that have panels of their own."""
FIGURES = {
    "Learning curves": ("learning_curves", LINES, "plots/learning_curves.csv"),
    "Confusion": ("confusion", PANELS, "plots/confusion.csv"),
    "Recall by class": ("classes", LINES, "metrics/details/classes.csv"),
    "Calibration": ("reliability", PANELS, "plots/reliability.csv"),
    "Risk and coverage": ("risk_coverage", LINES, "data/evaluation"),
    "Robustness": ("robustness", LINES, "data/evaluation"),
}
"""By title: the table, the architectures at most, and where all are."""


def named(names: Sequence[str]) -> str:
    """Each, or of many the first and how many others there are."""
    if len(names) <= NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:FIRST])} and {len(names) - FIRST} others"


def best(title: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a figure's frame that it has room for; the best architecture comes first."""
    names = frame["architecture"].unique()
    if len(names) <= MANY_MODELS:
        return frame
    return frame[frame["architecture"].isin(names[: FIGURES[title][1]])]


def notes(tables: Mapping[str, pd.DataFrame], trained: int) -> dict[str, str]:
    """By title, what a figure leaves out; `trained` is the number of architectures with costs."""
    found = {}
    for title, (table, most, file) in FIGURES.items():
        number = tables[table]["architecture"].nunique() if len(tables[table]) else 0
        if number > MANY_MODELS:
            found[title] = f"Of {number} the best {most} are shown; all are in {file}."
    if trained > MANY_MODELS:
        found["Cost and quality"] = "Those on the front are named, the others faint."
    if tables["inference"]["architecture"].nunique() > MANY_MODELS:
        found["Cost of use"] = "Those on the front are named."
    return found


def are_many(pairs: pd.DataFrame) -> bool:
    return _number(pairs) > MANY_MODELS


def _number(pairs: pd.DataFrame) -> int:
    """Of architectures."""
    return len(_names(pairs))


def _names(pairs: pd.DataFrame) -> list[str]:
    """The best first."""
    return list(pd.concat([pairs["first"].head(1), pairs["second"]]).unique())


def standings(pairs: pd.DataFrame) -> pd.DataFrame:
    """In place of the matrix a row per architecture: its ranks, and who is surely behind it."""
    return pd.DataFrame([_standing(name, pairs, _number(pairs)) for name in _names(pairs)])


def _standing(name: str, pairs: pd.DataFrame, number: int) -> dict[str, str]:
    decided = pairs["low"] > 0
    behind = pairs[(pairs["first"] == name) & decided]
    ahead = int(((pairs["second"] == name) & decided).sum())
    best_rank, worst_rank = 1 + ahead, number - len(behind)
    return {
        "architecture": name,
        "rank": f"{best_rank}" if best_rank == worst_rank else f"{best_rank}–{worst_rank}",
        "not told apart from": f"{number - 1 - ahead - len(behind)}",
        "the next that is behind": NONE if behind.empty else str(behind.iloc[0]["second"]),
        "points": NONE if behind.empty else _gap(behind.iloc[0]),
    }


def _gap(row: "pd.Series[Any]") -> str:
    return f"{points(row['difference'])} {ends(row['low'], row['high'])}"


def standings_note(pairs: pd.DataFrame, file: str) -> str:
    return (
        f"{len(pairs):,} pairs of {_number(pairs)} architectures are too many for a matrix: all "
        f"are in {file}. Here each architecture has the ranks that the intervals of all pairs "
        "together leave open, how many others are not told apart from it, and the most accurate "
        "one that is surely behind it, by how many points."
    )


def with_the_best(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of the best architecture, where all are too many."""
    return pairs[pairs["first"] == pairs["first"].iloc[0]] if are_many(pairs) else pairs
