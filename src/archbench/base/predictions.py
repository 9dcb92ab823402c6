"""One row per test example and seed: everything after evaluation is a function of this table."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
PROBABILITY = "p_"


def make_table(
    seed: int, labels: Array, probabilities: Array, classes: Sequence[str]
) -> pd.DataFrame:
    """`probabilities` is float32 (N, classes); `label` and `prediction` are class numbers."""
    columns = {
        "seed": seed,
        "index": np.arange(len(labels)),
        "label": labels,
        "prediction": probabilities.argmax(1),
        "confidence": probabilities.max(1),
    }
    by_class = {PROBABILITY + name: probabilities[:, k] for k, name in enumerate(classes)}
    return pd.DataFrame(columns | by_class)


def join(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One table of all architectures' tables, with their names in a first column."""
    return pd.concat(tables, names=["architecture"]).reset_index("architecture")


def is_mistake(table: pd.DataFrame) -> "pd.Series[bool]":
    """Of each row: is the prediction wrong?"""
    return table["prediction"] != table["label"]


def probabilities_of(table: pd.DataFrame) -> Array:
    """(N, classes), in the order of the classes."""
    return table[_names(table)].to_numpy()


def hits_of(table: pd.DataFrame) -> NDArray[np.bool_]:
    """(images, seeds): was the prediction right? Images in the order of the test set."""
    right = table.assign(right=~is_mistake(table))
    return right.pivot(index="index", columns="seed", values="right").to_numpy()


def with_probabilities(table: pd.DataFrame, probabilities: Array) -> pd.DataFrame:
    """The table with others, (N, classes), and the confidence that follows; same predictions."""
    columns = dict(zip(_names(table), probabilities.T, strict=True))
    return table.assign(**columns, confidence=probabilities.max(1))


def _names(table: pd.DataFrame) -> list[str]:
    return [name for name in table.columns if name.startswith(PROBABILITY)]


SURE = 3.0
"""Standard deviations above chance: in 700 tries guessing does better once."""


def chance_remark(labels: ArrayLike, accuracy: float, classes_named: int) -> str | None:
    """What is wrong with a network, as a clause without its subject; None if nothing is.

    `labels` (N,) are the images' integer labels, `accuracy` is the share that the network gets
    right and `classes_named` how many classes it predicts at all. Without a look at the images one
    does best by always naming the commonest class.
    """
    counts = np.bincount(np.asarray(labels))
    share = counts.max() / counts.sum()
    luck = SURE * np.sqrt(share * (1 - share) / counts.sum())
    if classes_named == 1:
        return f"predicts one class for every image ({accuracy:.1%} right)"
    if accuracy <= share + luck:
        return f"is no better than always naming the commonest class ({accuracy:.1%} right)"
    return None
