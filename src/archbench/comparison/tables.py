"""One table of all architectures from each one's."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

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
        right = table["prediction"] == table["label"]
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
