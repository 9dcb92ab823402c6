"""What the report comes to, before any table: what to take, how sure, at what cost, and what
would change it."""

from typing import Any

import numpy as np
import pandas as pd

from archbench.base.records import RunRecord
from archbench.report.external import external, trained
from archbench.report.many import NAMED, named
from archbench.report.words import DISTURBED, FEWEST_SEEDS, Row, interval, p_value
from archbench.style.quantities import duration, ends, flop, percent, points

SAME = 0.05
"""Amounts of compute that differ by a smaller share count as the same."""
FEW_RIVALS = 4
"""Up to which each is named as one that may be taken."""
UNDECIDED = "not decided"
"""The verdict of stage compare on a pair whose interval holds 0 and more than the margin."""


def verdict(
    numbers: pd.DataFrame, pairs: pd.DataFrame, runs: list[RunRecord]
) -> dict[str, list[str]]:
    """Sentences by the question that they answer; `numbers` are best first, as are `pairs`."""
    answers = {
        "Beware": failures(numbers),
        "What to take": choices(numbers, pairs),
        "How sure": [certainty(numbers, pairs)],
        "At what cost": cost(numbers),
        "What would change it": changes(numbers, pairs, runs),
    }
    return {question: sentences for question, sentences in answers.items() if sentences}


def answer(numbers: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The same on one line: who has failed, what to take, and how sure that is."""
    return " ".join([*failures(numbers), *choices(numbers, pairs), certainty(numbers, pairs)])


def failures(numbers: pd.DataFrame) -> list[str]:
    """A network at chance has learned nothing, and what else is said of it means little."""
    if "at_chance" not in numbers:
        return []
    remarks = numbers["at_chance"].dropna()
    return [f"{name} has a network that learned nothing: {why}." for name, why in remarks.items()]


def choices(numbers: pd.DataFrame, pairs: pd.DataFrame) -> list[str]:
    """Of all; and of those trained here, where an external model may be the best of all."""
    found = choice(numbers, pairs)
    best, here = numbers.index[0], trained(numbers)
    outside = [name for name in (best, *_rivals(pairs, best)) if name not in here.index]
    if not outside:
        return [found]
    was = "was" if len(outside) == 1 else "were"
    among = pairs[pairs["first"].isin(here.index) & pairs["second"].isin(here.index)]
    return [
        found,
        f"{named(outside)} {was} trained elsewhere, under conditions that are not known here.",
        f"Of those trained here: {choice(here, among)}",
    ]


def choice(numbers: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The best architecture, and those that the intervals do not tell from it."""
    best = numbers.index[0]
    reached = f"{best} reaches {interval(numbers.loc[best])} test accuracy"
    if "at_chance" in numbers and not pd.isna(numbers.loc[best, "at_chance"]):
        return f"None yet: even {best} has a network that learned nothing. {reached}."
    if pairs.empty:
        return f"{reached}; it ran alone."
    if rivals := _rivals(pairs, best):
        taken = " or ".join([best, *rivals])
        if len(rivals) > FEW_RIVALS:
            taken = f"{best}, or one of {len(rivals)} others that are not told apart from it"
        luck = f"{reached}, but its lead over {named(rivals)} may be luck."
        return f"{taken}. {luck}{_cheapest(numbers, [best, *rivals])}"
    luck = "test images" if numbers["seeds"].min() < FEWEST_SEEDS else "test images and seeds"
    return f"{reached}, ahead of {_others(numbers)} by more than the luck of {luck}."


def _rivals(pairs: pd.DataFrame, best: str) -> list[str]:
    """Those that the intervals do not tell from the best."""
    return pairs.loc[(pairs["first"] == best) & (pairs["low"] <= 0), "second"].tolist()


def _others(numbers: pd.DataFrame) -> str:
    return str(numbers.index[1]) if len(numbers) == 2 else "every other"


def _cheapest(numbers: pd.DataFrame, names: list[str]) -> str:
    if "train_petaflop" not in numbers:
        return ""
    costs = numbers.loc[names, "train_petaflop"].sort_values()
    if costs.isna().any() or costs.iloc[0] > (1 - SAME) * costs.iloc[1]:
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
    alike = numbers.loc[[pair["first"], pair["second"]], "seeds"].nunique() == 1
    return f"{lead} ({evidence(pair, len(pairs), alike)}).{compute(numbers)}"


def evidence(pair: Row, pairs: int, alike: bool = True) -> str:
    """p is corrected for all pairs, and from three seeds on for every look at added ones.

    `alike`: both have as many seeds; the pair has the number of the one with fewer.
    """
    over = f" over {pairs:,} pairs" if pairs > 1 else ""
    whose = "each" if alike else "of the one with fewer"
    seeds = f"one seed {whose}" if pair["seeds"] == 1 else f"{pair['seeds']:.0f} seeds {whose}"
    sign = "" if p_value(pair["p"]).startswith("<") else "= "
    return f"p {sign}{p_value(pair['p'])}{over}, {seeds}"


def compute(numbers: pd.DataFrame) -> str:
    """What each training took: as much as the budget grants, or who took how much."""
    here = trained(numbers)
    granted, taken = here["budget_petaflop"].astype(float), here["train_petaflop"]
    if granted.isna().any() or not _alike(granted, taken).all():
        return "" if _alike(taken, taken.max()).all() else f" Training took {_each(taken)}."
    same = f" Each training{_here(numbers)} took {flop(1e15 * granted.iloc[0])}"
    short = taken[~_alike(taken, granted)]
    if short.empty:
        return f"{same}."
    return f"{same}, but for those whose recipe ends sooner: {_each(short)}."


def _alike(taken: "pd.Series[Any]", other: Any) -> "pd.Series[bool]":
    return taken > (1 - SAME) * other


def _each(taken: "pd.Series[Any]") -> str:
    if len(taken) > NAMED:
        low, high = (flop(1e15 * end) for end in (taken.min(), taken.max()))
        return f"{low} to {high} ({len(taken)} architectures)"
    return ", ".join(f"{flop(1e15 * amount)} for {name}" for name, amount in taken.items())


def _here(numbers: pd.DataFrame) -> str:
    """Whom a sentence is of, where there are external models too."""
    return " here" if external(numbers) else ""


def cost(numbers: pd.DataFrame) -> list[str]:
    """Of the best trained here, and what the most accurate of the cheaper ones saves and loses."""
    if not external(numbers):
        return _costs(numbers)
    found = _costs(trained(numbers), " trained here")
    return [*found, "What the external models took is not known here."]


def _costs(numbers: pd.DataFrame, whose: str = "") -> list[str]:
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
        return [own, f"None{whose} takes fewer operations to train."]
    other = cheaper.iloc[0]
    share = percent(other["train_petaflop"] / best["train_petaflop"])
    lost = points(best["accuracy"] - other["accuracy"])
    return [
        own,
        f"The most accurate of those{whose} that take fewer operations to train, {other.name}, "
        f"takes {share} of them and is {lost} points less accurate.",
    ]


def _disturbance(row: Row) -> str:
    return " Other work disturbed its training." if row["seconds_spread"] > DISTURBED else ""


def changes(numbers: pd.DataFrame, pairs: pd.DataFrame, runs: list[RunRecord]) -> list[str]:
    """What this run leaves open, and which parameter would settle it."""
    found = []
    if trained(numbers)["seeds"].min() < FEWEST_SEEDS:
        found.append(
            "Other seeds: from fewer than three each nobody knows how far another would move these "
            "figures. Set seeds: [0, 1, 2], or more, in params.yaml."
        )
    outside = numbers.loc[external(numbers), "seeds"]
    if few := outside.index[outside < FEWEST_SEEDS].tolist():
        found.append(
            f"Other runs of {named(few)}: from fewer than three each nobody knows how far another "
            "would move these figures. Name three files of each, or more, under external in "
            "params.yaml."
        )
    if not pairs.empty and _undecided_by_seeds(pairs.iloc[0]):
        found += _more(pairs.iloc[0])
    if any(run.budget == "quick" for run in runs):
        found.append(
            "More training: the quick budget shows what minutes can do. Set budget: full, or more "
            "in budgets.quick.petaflop, in params.yaml."
        )
    return [*found, "Another split, other recipes or other data: no interval here covers them."]


def _undecided_by_seeds(pair: Row) -> bool:
    return bool(pair["verdict"] == UNDECIDED and pair["seeds"] >= FEWEST_SEEDS)


def _more(pair: Row) -> list[str]:
    gap = f"a true difference as large as that of {pair['first']} and {pair['second']}"
    if np.isfinite(pair["seeds_needed"]):
        seeds = f"{pair['seeds_needed']:.0f} seeds each"
        return [f"More seeds: with about {seeds}, {gap} would be found four times in five."]
    return [f"More test images: no number of seeds would find {gap} four times in five."]
