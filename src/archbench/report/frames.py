"""What each figure shows: one tidy frame a figure, in the units of its axes. Drawing comes after.

A drawing computes nothing of what it draws, so a test of these frames is one of the figures.
Architectures keep the order in which they come, which on the page is best first.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from archbench.report.words import MANY, ends

COSTS = {"training": ("train_petaflop", 1e15), "prediction": ("gflops", 1e9)}
"""Columns of operations, and their unit: the same on every machine, whatever else runs there."""
IMAGES = {"validation": "validation", "train": "training"}
"""Of a learning curve's column, and what a reader calls them."""
ANNOTATED = 12
"""Classes up to which a cell of a confusion matrix has room for its percent."""


def accuracies(numbers: pd.DataFrame, seeds: pd.DataFrame) -> pd.DataFrame:
    """A row per seed: its accuracy, and the architecture's with its interval."""
    means = with_ends(numbers)[["accuracy", "low", "high", "seeds"]]
    each = seeds[["architecture", "seed", "accuracy"]].rename(columns={"accuracy": "of_seed"})
    return means.rename_axis("architecture").reset_index().merge(each, how="left")


def with_ends(numbers: pd.DataFrame) -> pd.DataFrame:
    """Besides, `low` and `high` of the interval that an accuracy is shown with."""
    found = [ends(row) for _, row in numbers.iterrows()]
    return numbers.assign(low=[low for low, _ in found], high=[high for _, high in found])


def costs(numbers: pd.DataFrame) -> pd.DataFrame:
    """A row per kind of cost and architecture, in operations; `front`: on the Pareto front."""
    each = with_ends(numbers).rename_axis("architecture").reset_index()
    kinds = [
        each[["architecture", "accuracy", "low", "high"]].assign(
            kind=kind,
            cost=unit * each[column],
            front=each["architecture"].isin(front(numbers, column)),
        )
        for kind, (column, unit) in COSTS.items()
    ]
    return pd.concat(kinds, ignore_index=True)


def front(numbers: pd.DataFrame, cost: str) -> list[str]:
    """The architectures that none beats in accuracy at the same cost or less, cheapest first.

    Costs are the same if they are so to two digits.
    """
    rounded = numbers.assign(cost=[float(f"{value:.1e}") for value in numbers[cost]])
    ranked = rounded.sort_values(["cost", "accuracy"], ascending=[True, False])
    before = ranked["accuracy"].cummax().shift(fill_value=-np.inf)
    return ranked.index[ranked["accuracy"] > before].tolist()


def recalls(classes: pd.DataFrame) -> pd.DataFrame:
    """A row per class and architecture; `place` 0 is the class that is hardest in the mean.

    Of many classes the hardest.
    """
    means = classes.groupby("class", sort=False)["recall"].mean().sort_values()
    place = {name: place for place, name in enumerate(means.index[:MANY])}
    shown = classes[classes["class"].isin(place)]
    shown = shown.assign(place=shown["class"].map(place), rank=_ranks(shown))
    columns = ["architecture", "class", "place", "recall", "recall_low", "recall_high"]
    return shown.sort_values(["rank", "place"])[columns].reset_index(drop=True)


def _ranks(table: pd.DataFrame) -> NDArray[np.intp]:
    """Of each row, the place of its architecture in the order in which they come."""
    return pd.factorize(table["architecture"])[0]


def learning_curves(curves: pd.DataFrame) -> pd.DataFrame:
    """Of each architecture's runs by epoch: mean, lowest and highest of a quantity on images."""
    parts = []
    for quantity in ("accuracy", "loss"):
        for prefix, images in IMAGES.items():
            by_epoch = curves.groupby(["architecture", "epoch"], sort=False)[f"{prefix}_{quantity}"]
            part = by_epoch.agg(["mean", "min", "max"]).reset_index()
            parts.append(part.assign(quantity=quantity, images=images))
    seeds = curves.groupby("architecture")["seed"].nunique().rename("seeds")
    return pd.concat(parts, ignore_index=True).merge(seeds, on="architecture")


def stops(curves: pd.DataFrame) -> pd.DataFrame:
    """Where a rule ended a run early: the validation quantities of its last epoch."""
    ended = curves[curves["stopped"].notna()].rename(
        columns={
            "stopped": "rule",
            "validation_accuracy": "accuracy",
            "validation_loss": "loss",
        }
    )
    return ended[["architecture", "seed", "epoch", "accuracy", "loss", "rule"]]


def reliabilities(reliability: pd.DataFrame, scaled: pd.DataFrame) -> pd.DataFrame:
    """A row per bin; `temperature` is none (as trained) or fitted.

    `area` is a dot's, and grows with the predictions in the bin.
    """
    columns = ["architecture", "confidence", "accuracy", "count"]
    kinds = {"none": reliability[columns], "fitted": scaled[columns]}
    both = pd.concat(kinds, names=["temperature"]).reset_index("temperature")
    most = reliability["count"].max()
    return both.assign(area=120 * both["count"] / most + 4).reset_index(drop=True)


def risk_coverage(curves: pd.DataFrame) -> pd.DataFrame:
    return curves[["architecture", "coverage", "risk"]]


def robustness(table: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy over seeds by severity; the corruptions in the order of the table."""
    keys = ["corruption", "architecture", "severity"]
    means = table.groupby(keys, sort=False)["accuracy"].mean().reset_index()
    order = (means["severity"], _ranks(means), pd.factorize(means["corruption"])[0])
    return means.iloc[np.lexsort(order), :].reset_index(drop=True)


def confusions(confusion: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """A row per cell, in the order of the classes: its share of the actual class, and its text.

    The text is a percent; a cell that would read 0 has none, nor has one of more than 12 classes.
    """
    place = {name: place for place, name in enumerate(classes)}
    cells = confusion[["architecture", "actual", "predicted", "share"]]
    order = (cells["predicted"].map(place), cells["actual"].map(place), _ranks(cells))
    cells = cells.iloc[np.lexsort(order)]
    room = len(classes) <= ANNOTATED
    texts = [
        f"{100 * share:.0f}" if room and round(100 * share) else "" for share in cells["share"]
    ]
    return cells.assign(text=texts).reset_index(drop=True)


def plotted_confusion(confusion: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """The rows that `dvc plots` needs: of many classes only the cells that are not empty.

    The diagonal comes first, since Vega orders an axis by first appearance.
    """
    if len(classes) <= MANY:
        return confusion
    right = confusion["actual"] == confusion["predicted"]
    return pd.concat([confusion[right], confusion[~right & (confusion["count"] > 0)]])
