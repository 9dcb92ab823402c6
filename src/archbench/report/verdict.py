"""What the report comes to, before any table: what to take, how sure, at what cost, and what
would change it."""

from typing import Any

import numpy as np
import pandas as pd

from archbench.base.records import RunRecord
from archbench.report.words import (
    DISTURBED,
    FEWEST_SEEDS,
    Row,
    interval,
    named,
    p_value,
)
from archbench.style.quantities import duration, ends, flop, percent, points

SAME = 0.05
"""Amounts of compute that differ by a smaller share count as the same."""
UNDECIDED = "not decided"
"""The verdict of stage compare on a pair whose interval holds 0 and more than the margin."""


def verdict(
    numbers: pd.DataFrame, pairs: pd.DataFrame, runs: list[RunRecord]
) -> dict[str, list[str]]:
    """Sentences by the question that they answer; `numbers` are best first, as are `pairs`."""
    answers = {
        "Beware": failures(numbers),
        "What to take": [choice(numbers, pairs)],
        "How sure": [certainty(numbers, pairs)],
        "At what cost": cost(numbers),
        "What would change it": changes(numbers, pairs, runs),
    }
    return {question: sentences for question, sentences in answers.items() if sentences}


def answer(numbers: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The same on one line: who has failed, what to take, and how sure that is."""
    return " ".join([*failures(numbers), choice(numbers, pairs), certainty(numbers, pairs)])


def failures(numbers: pd.DataFrame) -> list[str]:
    """A network at chance has learned nothing, and what else is said of it means little."""
    if "at_chance" not in numbers:
        return []
    remarks = numbers["at_chance"].dropna()
    return [f"{name} has a network that learned nothing: {why}." for name, why in remarks.items()]


def choice(numbers: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The best architecture, and those that the intervals do not tell from it."""
    best = numbers.index[0]
    reached = f"{best} reaches {interval(numbers.loc[best])} test accuracy"
    if "at_chance" in numbers and not pd.isna(numbers.loc[best, "at_chance"]):
        return f"None yet: even {best} has a network that learned nothing. {reached}."
    if pairs.empty:
        return f"{reached}; it ran alone."
    rivals = pairs.loc[(pairs["first"] == best) & (pairs["low"] <= 0), "second"].tolist()
    if rivals:
        taken = " or ".join([best, *rivals])
        luck = f"{reached}, but its lead over {named(rivals)} may be luck."
        return f"{taken}. {luck}{_cheapest(numbers, [best, *rivals])}"
    luck = "test images" if numbers["seeds"].min() < FEWEST_SEEDS else "test images and seeds"
    return f"{reached}, ahead of {_others(numbers)} by more than the luck of {luck}."


def _others(numbers: pd.DataFrame) -> str:
    return str(numbers.index[1]) if len(numbers) == 2 else "every other"


def _cheapest(numbers: pd.DataFrame, names: list[str]) -> str:
    if "train_petaflop" not in numbers:
        return ""
    costs = numbers.loc[names, "train_petaflop"].sort_values()
    if costs.iloc[0] > (1 - SAME) * costs.iloc[1]:
        return ""
    return f" Of these, {costs.index[0]} takes the fewest operations to train."


def certainty(numbers: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The lead over the second, its interval and its verdict; and what training took."""
    if pairs.empty:
        return "There is nothing to compare it with."
    pair = pairs.iloc[0]  # of the best and the second best
    ahead = f"{points(pair['difference'])} points {ends(pair['low'], pair['high'])}"
    turn = "; another seed could turn it round" if pair["seeds"] < FEWEST_SEEDS else ""
    lead = f"{pair['first']} is {ahead} ahead of {pair['second']}: {pair['verdict']}{turn}"
    return f"{lead} ({evidence(pair, len(pairs))}).{compute(numbers)}"


def evidence(pair: Row, pairs: int) -> str:
    """p is corrected for all pairs, and from three seeds on for every look at added ones."""
    over = f" over {pairs} pairs" if pairs > 1 else ""
    seeds = "one seed each" if pair["seeds"] == 1 else f"{pair['seeds']:.0f} seeds each"
    sign = "" if p_value(pair["p"]).startswith("<") else "= "
    return f"p {sign}{p_value(pair['p'])}{over}, {seeds}"


def compute(numbers: pd.DataFrame) -> str:
    """What each training took: as much as the budget grants, or who took how much."""
    granted, taken = numbers["budget_petaflop"].astype(float), numbers["train_petaflop"]
    if granted.isna().any() or not _alike(granted, taken).all():
        return "" if _alike(taken, taken.max()).all() else f" Training took {_each(taken)}."
    same = f" Each training took {flop(1e15 * granted.iloc[0])}"
    short = taken[~_alike(taken, granted)]
    if short.empty:
        return f"{same}."
    return f"{same}, but for those whose recipe ends sooner: {_each(short)}."


def _alike(taken: "pd.Series[Any]", other: Any) -> "pd.Series[bool]":
    return taken > (1 - SAME) * other


def _each(taken: "pd.Series[Any]") -> str:
    return ", ".join(f"{flop(1e15 * amount)} for {name}" for name, amount in taken.items())


def cost(numbers: pd.DataFrame) -> list[str]:
    """Of the best, and what the most accurate of the cheaper ones would save and lose."""
    best = numbers.iloc[0]
    own = (
        f"Training {best.name} took {duration(best['train_seconds'])} a seed on {best['device']}, "
        f"and {flop(1e15 * best['train_petaflop'])}; predicting an image takes "
        f"{flop(1e9 * best['gflops'])}.{_disturbance(best)}"
    )
    if len(numbers) == 1:
        return [own]
    cheaper = numbers[~_alike(numbers["train_petaflop"], best["train_petaflop"])]
    if cheaper.empty:
        return [own, "None takes fewer operations to train."]
    other = cheaper.iloc[0]
    share = percent(other["train_petaflop"] / best["train_petaflop"])
    lost = points(best["accuracy"] - other["accuracy"])
    return [
        own,
        f"The most accurate of those that take fewer operations to train, {other.name}, takes "
        f"{share} of them and is {lost} points less accurate.",
    ]


def _disturbance(row: Row) -> str:
    return " Other work disturbed its training." if row["seconds_spread"] > DISTURBED else ""


def changes(numbers: pd.DataFrame, pairs: pd.DataFrame, runs: list[RunRecord]) -> list[str]:
    """What this run leaves open, and which parameter would settle it."""
    found = []
    if numbers["seeds"].min() < FEWEST_SEEDS:
        found.append(
            "Other seeds: from fewer than three each nobody knows how far another would move these "
            "figures. Set seeds: [0, 1, 2], or more, in params.yaml."
        )
    elif not pairs.empty and pairs.iloc[0]["verdict"] == UNDECIDED:
        found += _more(pairs.iloc[0])
    if any(run.budget == "quick" for run in runs):
        found.append(
            "More training: the quick budget shows what minutes can do. Set budget: full, or more "
            "in budgets.quick.petaflop, in params.yaml."
        )
    return [*found, "Another split, other recipes or other data: no interval here covers them."]


def _more(pair: Row) -> list[str]:
    gap = f"a true difference as large as that of {pair['first']} and {pair['second']}"
    if np.isfinite(pair["seeds_needed"]):
        seeds = f"{pair['seeds_needed']:.0f} seeds each"
        return [f"More seeds: with about {seeds}, {gap} would be found four times in five."]
    return [f"More test images: no number of seeds would find {gap} four times in five."]
