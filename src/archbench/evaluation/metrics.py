"""From rows to numbers: fractions in [0, 1], losses in nats."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from archbench.evaluation.calibration import expected_calibration_error
from archbench.evaluation.predictions import probabilities_of

Metrics = dict[str, float]


def classification(predictions: pd.DataFrame) -> Metrics:
    """Of one seed's rows, or the mean over several seeds'."""
    seeds = [_of_one_seed(rows) for _, rows in predictions.groupby("seed")]
    mean = {name: float(np.mean([seed[name] for seed in seeds])) for name in seeds[0]}
    low, high = wilson(mean["accuracy"], examples=predictions["index"].nunique())
    accuracy = {"accuracy": mean.pop("accuracy"), "accuracy_low": low, "accuracy_high": high}
    return accuracy | mean


def _of_one_seed(predictions: pd.DataFrame) -> Metrics:
    labels, guesses = predictions["label"], predictions["prediction"]
    metrics = {
        "accuracy": float((labels == guesses).mean()),
        "loss": cross_entropy(predictions),
        "ece": expected_calibration_error(predictions),
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


def wilson(share: float, examples: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927): the test images' chance, not the seeds'."""
    interval = binomtest(round(share * examples), examples).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def confusion(predictions: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Long: each pair of actual and predicted class, its count over seeds, its share of the row."""
    numbers = range(len(classes))
    counts = confusion_matrix(predictions["label"], predictions["prediction"], labels=numbers)
    totals = np.maximum(counts.sum(1, keepdims=True), 1)
    return pd.DataFrame(
        {
            "actual": np.repeat(classes, len(classes)),
            "predicted": np.tile(classes, len(classes)),
            "count": counts.ravel(),
            "share": (counts / totals).ravel(),
        }
    )
