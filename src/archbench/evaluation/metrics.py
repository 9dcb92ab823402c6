"""From one seed's rows to numbers: fractions in [0, 1], losses in nats."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from archbench.base.predictions import Array, probabilities_of
from archbench.evaluation.uncertainty import wilson

Metrics = dict[str, float]


def classification(predictions: pd.DataFrame) -> Metrics:
    """Accuracy, losses, and precision, recall and F1 as means over classes (macro, weighted)."""
    labels, guesses = predictions["label"], predictions["prediction"]
    metrics = {
        "accuracy": float((labels == guesses).mean()),
        "loss": cross_entropy(predictions),
        "brier": brier(predictions),
    }
    for average in ("macro", "weighted"):
        scores = precision_recall_fscore_support(labels, guesses, average=average, zero_division=0)
        for name, score in zip(("precision", "recall", "f1"), scores, strict=False):
            metrics[f"{name}_{average}"] = float(score)
    return metrics


def cross_entropy(predictions: pd.DataFrame) -> float:
    """Mean negative log-likelihood; a float32 zero counts as the smallest float32."""
    probabilities = probabilities_of(predictions)
    given = probabilities[np.arange(len(predictions)), predictions["label"]]
    return float(-np.log(np.maximum(given, np.finfo(np.float32).tiny)).mean())


def brier(predictions: pd.DataFrame) -> float:
    """Mean squared distance from the one-hot labels, in [0, 2] (Brier 1950).

    Not scikit-learn's `brier_score_loss`: of float32 rows it takes the mean in float32, and to
    float64 rows of such precision it objects that they do not sum to one.
    """
    distance = probabilities_of(predictions).astype(np.float64)
    distance[np.arange(len(predictions)), predictions["label"]] -= 1
    return float((distance**2).sum(1).mean())


def confusion(predictions: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Long: each pair of actual and predicted class, its count over seeds, its share of the row."""
    counts = _counts(predictions, classes)
    totals = np.maximum(counts.sum(1, keepdims=True), 1)
    return pd.DataFrame(
        {
            "actual": np.repeat(classes, len(classes)),
            "predicted": np.tile(classes, len(classes)),
            "count": counts.ravel(),
            "share": (counts / totals).ravel(),
        }
    )


def by_class(predictions: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Precision and recall of each class over all seeds, with Wilson's intervals.

    Several seeds see the same images, so an interval is as wide as one seed's. A class that is
    never predicted has no precision, one without test images no recall.
    """
    counts, seeds = _counts(predictions, classes), predictions["seed"].nunique()
    table = pd.DataFrame({"class": classes, "test_images": counts.sum(1) // seeds})
    for name, axis in (("precision", 0), ("recall", 1)):
        totals = counts.sum(axis)
        shares = [_share(*of, seeds) for of in zip(counts.diagonal(), totals, strict=True)]
        table[[name, f"{name}_low", f"{name}_high"]] = shares
    return table


def _share(right: int, total: int, seeds: int) -> tuple[float, float, float]:
    if total == 0:
        return (np.nan,) * 3
    return right / total, *wilson(right / total, -(-total // seeds))


def _counts(predictions: pd.DataFrame, classes: Sequence[str]) -> Array:
    numbers = range(len(classes))
    return confusion_matrix(predictions["label"], predictions["prediction"], labels=numbers)
