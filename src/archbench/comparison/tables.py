"""The tables of metrics/details: of all architectures together, from each one's results."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from archbench.base.predictions import is_mistake, probabilities_of
from archbench.evaluation.uncertainty import Array, of_accuracy

INTERVAL_COLUMNS = [
    *("architecture", "seeds", "accuracy"),
    *("accuracy_low", "accuracy_high", "network_low", "network_high"),
]


def numbers(each: Mapping[str, dict[str, Any]]) -> pd.DataFrame:
    """A row per number, a column per architecture: there are more of the one than of the other."""
    return pd.DataFrame(each, dtype=object).rename_axis("number").reset_index()


def without(predictions: Mapping[str, pd.DataFrame], images: Sequence[int]) -> pd.DataFrame:
    """Accuracy on all test images, on all but `images`, and on `images` alone; mean over seeds."""
    rows = []
    for name, table in predictions.items():
        right = ~is_mistake(table)
        among = table["index"].isin(images)
        rest, alone = right[~among].mean(), right[among].mean()
        row = {"architecture": name, "accuracy": right.mean(), "without": rest, "on_them": alone}
        rows.append(row | {"images": len(np.unique(images))})
    return pd.DataFrame(rows)


def intervals(outcomes: Mapping[str, Array]) -> pd.DataFrame:
    """A row per architecture: the mean of its outcomes, and the ends of its interval."""
    rows = [
        {"architecture": name, "seeds": runs.shape[1], "accuracy": runs.mean()} | of_accuracy(runs)
        for name, runs in outcomes.items()
    ]
    return pd.DataFrame(rows, columns=INTERVAL_COLUMNS)


def missed_by_all(predictions: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Test images to which no run of any architecture gives their label; lowest margin first.

    A wrong label is one possible reason; an image that is hard for all networks is another.
    `predictions` joins all architectures and seeds. `margin` is the label's probability less that
    of the run's own guess, mean over runs: in [-1, 0]. `guess` is the class other than the
    label whose mean probability is highest.
    """
    by_image = is_mistake(predictions).groupby(predictions["index"])
    rows = predictions[by_image.transform("all")]
    probabilities = probabilities_of(rows).astype(np.float64)
    given = probabilities[np.arange(len(rows)), rows["label"]]
    margin = pd.Series(given - rows["confidence"].to_numpy()).groupby(rows["index"].to_numpy())
    means = pd.DataFrame(probabilities).groupby(rows["index"].to_numpy()).mean()
    labels = rows.groupby("index")["label"].first().to_numpy()
    others = np.where(np.arange(len(classes)) == labels[:, None], -1, means)
    table = pd.DataFrame(
        {
            "index": means.index,
            "actual": np.take(classes, labels),
            "guess": np.take(classes, others.argmax(1)),
            "margin": margin.mean().to_numpy(),
        }
    )
    return table.sort_values(["margin", "index"])
