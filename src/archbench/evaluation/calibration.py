"""Does a confidence of 0.8 mean right eight times in ten?"""

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from archbench.base.predictions import Array, probabilities_of, with_probabilities
from archbench.evaluation.metrics import cross_entropy

BINS = 15


def reliability(predictions: pd.DataFrame, bins: int = BINS) -> pd.DataFrame:
    """Mean confidence and accuracy in equal-width bins (low, high]; empty bins are left out.

    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    return _binned(predictions, bin_numbers(predictions["confidence"].to_numpy(np.float64), bins))


def bin_numbers(confidence: Array, bins: int = BINS) -> Array:
    """0 is the lowest of the bins (low, high]; it holds a confidence of 0 too."""
    return np.ceil(confidence * bins).astype(int).clip(1, bins) - 1


def expected_calibration_error(predictions: pd.DataFrame, bins: int = BINS) -> float:
    """Mean |accuracy - confidence| over the examples' bins, in [0, 1] (Naeini et al. 2015).

    Chance alone keeps it above zero, the more so the fewer examples a bin holds.
    """
    table = reliability(predictions, bins)
    gaps = (table["accuracy"] - table["confidence"]).abs()
    return float(np.average(gaps, weights=table["count"]))


def debiased_calibration_error(predictions: pd.DataFrame, bins: int = BINS) -> float:
    """Root mean square of accuracy - confidence over bins of equal size, less what chance adds.

    In [0, 1]; a bin has at least two images, if there are two. Source: Kumar, Liang & Ma 2019,
    "Verified Uncertainty Calibration".
    """
    bins = max(1, min(bins, len(predictions) // 2))
    ranks = predictions["confidence"].rank(method="first").to_numpy()
    table = _binned(predictions, np.ceil(ranks * bins / len(ranks)).astype(int) - 1)
    chance = table["accuracy"] * (1 - table["accuracy"]) / (table["count"] - 1).clip(lower=1)
    squares = (table["accuracy"] - table["confidence"]) ** 2 - chance
    return float(np.sqrt(max(0.0, np.average(squares, weights=table["count"]))))


def _binned(predictions: pd.DataFrame, number: Array) -> pd.DataFrame:
    right = predictions["prediction"] == predictions["label"]
    confidence = predictions["confidence"].to_numpy(np.float64)
    rows = pd.DataFrame({"bin": number, "confidence": confidence, "accuracy": right.astype(float)})
    grouped = rows.groupby("bin")
    return grouped.mean().assign(count=grouped.size()).reset_index(drop=True)


def fit_temperature(validation: pd.DataFrame) -> float:
    """What to divide the logits by for the least loss: above 1 where a model is too sure.

    For validation rows alone: fitted on test rows it would flatter them. Source: Guo et al. 2017.
    """

    def loss(log_temperature: float) -> float:
        return cross_entropy(scale(validation, np.exp(log_temperature)))

    return float(np.exp(minimize_scalar(loss, bounds=np.log((0.05, 20)), method="bounded").x))


def scale(predictions: pd.DataFrame, temperature: float) -> pd.DataFrame:
    """The rows with their logits divided by `temperature`; the predicted classes stay."""
    tiny = np.finfo(np.float32).tiny
    logits = np.log(np.maximum(probabilities_of(predictions), tiny).astype(np.float64))
    powers = np.exp((logits - logits.max(1, keepdims=True)) / temperature)
    return with_probabilities(predictions, powers / powers.sum(1, keepdims=True))
