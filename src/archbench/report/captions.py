"""What each figure and table found, in a sentence that is computed from its numbers."""

from collections.abc import Mapping

import pandas as pd

from archbench.base.records import RunRecord
from archbench.report import inference
from archbench.report.external import trained
from archbench.report.frames import COSTS, front
from archbench.report.many import named
from archbench.style.quantities import percent


def findings(
    numbers: pd.DataFrame, runs: list[RunRecord], tables: Mapping[str, pd.DataFrame]
) -> dict[str, str]:
    """By the titles of the figures; `numbers` are best first, and it is of the best that they say
    what there is of each architecture."""
    best, here = numbers.index[0], trained(numbers)
    return {
        "Test accuracy": accuracy(numbers),
        "Cost and quality": cost(here),
        "Differences": differences(tables["pairwise"]),
        "Confusion": confusion(tables["confusion"], best),
        "Recall by class": recall(tables["classes"]),
        "Calibration": calibration(here),
        "Risk and coverage": risk(tables["risk_coverage"], here.index[0]),
        "Robustness": robustness(tables["robustness"], here.index[0]),
        "Learning curves": learning(runs),
        inference.TITLE: inference.finding(inference.frame(tables["inference"])),
    }


def accuracy(numbers: pd.DataFrame) -> str:
    first, last = numbers.iloc[0], numbers.iloc[-1]
    if len(numbers) == 1:
        return f"{first.name} gets {percent(first['accuracy'])} of the test images right."
    return (
        f"From {percent(last['accuracy'])} ({last.name}) to {percent(first['accuracy'])} "
        f"({first.name})."
    )


def cost(numbers: pd.DataFrame) -> str:
    fronts = (f"of {kind}: {named(front(numbers, column))}" for kind, (column, _) in COSTS.items())
    return f"The Pareto front {'; '.join(fronts)}."


def differences(pairs: pd.DataFrame) -> str:
    apart = int(((pairs["low"] > 0) | (pairs["high"] < 0)).sum())
    if len(pairs) == 1:
        return f"The interval of the difference {'leaves out' if apart else 'holds'} 0."
    return f"{apart:,} of {len(pairs):,} intervals leave out 0."


def confusion(table: pd.DataFrame, best: str) -> str:
    wrong = table[(table["architecture"] == best) & (table["actual"] != table["predicted"])]
    row = wrong.iloc[wrong["share"].argmax()]
    if row["share"] == 0:
        return f"{best} makes no mistake."
    mistake = f"{row['actual']} for {row['predicted']}, {percent(row['share'])}"
    return f"The largest share of a class that {best} mistakes: {mistake}."


def recall(classes: pd.DataFrame) -> str:
    means = classes.groupby("class", sort=False)["recall"].mean().sort_values(kind="stable")
    return (
        f"The mean recall goes from {percent(means.iloc[0])} ({means.index[0]}) to "
        f"{percent(means.iloc[-1])} ({means.index[-1]})."
    )


def calibration(numbers: pd.DataFrame) -> str:
    row = numbers.iloc[numbers["scaled_ece"].argmin()]
    kind = "Lowest scaled" if len(numbers) > 1 else "Scaled"
    error, floor = percent(row["scaled_ece"]), percent(row["scaled_ece_floor"])
    return f"{kind} ECE: {row.name}, {error}; by chance alone it would be {floor}."


def risk(curves: pd.DataFrame, best: str) -> str:
    """At the half of the predictions that is surest, or as near to it as there is a point."""
    rows = curves[curves["architecture"] == best]
    half = rows.iloc[(rows["coverage"] - 0.5).abs().argmin()]
    return (
        f"Of the surest {percent(half['coverage'])} of {best}'s predictions, "
        f"{percent(half['risk'])} are wrong."
    )


def robustness(table: pd.DataFrame, best: str) -> str:
    """In the mean over corruptions and seeds, of the images as they are and at their worst."""
    if table.empty:
        return ""
    means = table[table["architecture"] == best].groupby("severity")["accuracy"].mean()
    first, last = means.index[0], means.index[-1]
    return (
        f"In the mean over corruptions, {best} is right on {percent(means[first])} of the images "
        f"at severity {first}, and on {percent(means[last])} at severity {last}."
    )


def learning(runs: list[RunRecord]) -> str:
    names = list(dict.fromkeys(run.architecture for run in runs))
    passed = {run.architecture for run in runs if run.best_epoch < run.epochs}
    rising = [name for name in names if name not in passed]
    if not rising:
        return "No architecture was best in the last epoch of every run."
    return f"Best in the last epoch of every run, so more epochs might help: {named(rising)}."
