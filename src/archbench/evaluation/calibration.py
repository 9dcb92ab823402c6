"""Does a confidence of 0.8 mean right eight times in ten? And how sure is the answer?

Equal-width bins hold n · ECE = Σ_bins |Σ_images (right − confidence)|, so the images are binned
once, and a draw of the images or of their labels costs no more than such sums.
"""

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_array

from archbench.base.predictions import Array, is_mistake, probabilities_of, with_probabilities
from archbench.evaluation.metrics import cross_entropy

BINS = 15
DRAWS = 1000
LEVEL = 0.05


def reliability(predictions: pd.DataFrame, bins: int = BINS) -> pd.DataFrame:
    """Mean confidence, mean accuracy and count of equal-width bins (low, high], none of them empty.

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
    right = (~is_mistake(predictions)).astype(float)
    confidence = predictions["confidence"].to_numpy(np.float64)
    rows = pd.DataFrame({"bin": number, "confidence": confidence, "accuracy": right})
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


def ece_interval(predictions: pd.DataFrame, draws: int = DRAWS) -> tuple[float, float]:
    """95 % interval over test images of the seeds' mean ECE, in [0, 1].

    A bootstrap that draws an image with all its seeds. Chance adds to the ECE of every test set,
    and drawing an image twice adds as much again; so the draws are centred on the estimate, not
    taken as they are. What the interval covers is the mean over such test sets, chance included.
    """
    gaps = _gaps(predictions)
    images = gaps.shape[0]
    random, seeds = np.random.default_rng(0), predictions["seed"].nunique()
    drawn = np.array([_total(_draw(random, images) @ gaps) for _ in range(draws)])
    estimate = _total(gaps.sum(0)) / images / seeds
    low, high = np.quantile(drawn / images / seeds, [LEVEL / 2, 1 - LEVEL / 2])
    centre = estimate + drawn.mean() / images / seeds
    return max(0.0, float(centre - high)), min(1.0, float(centre - low))


def chance_floor(predictions: pd.DataFrame, draws: int = DRAWS) -> float:
    """The mean ECE of a perfectly calibrated network with one seed's confidences, in [0, 1].

    A confidence is then the probability of being right, by which the draws are made.
    """
    confidence = predictions["confidence"].to_numpy(np.float64)
    bins, random = bin_numbers(confidence), np.random.default_rng(0)
    totals = [
        _total(np.bincount(bins, (random.random(len(bins)) < confidence) - confidence))
        for _ in range(draws)
    ]
    return float(np.mean(totals) / len(bins))


def _gaps(predictions: pd.DataFrame) -> csr_array:
    """right − confidence: a row per image, a column per seed and bin."""
    seeds, _ = pd.factorize(predictions["seed"])
    images, names = pd.factorize(predictions["index"])
    confidence = predictions["confidence"].to_numpy(np.float64)
    right = (~is_mistake(predictions)).to_numpy()
    columns = seeds * BINS + bin_numbers(confidence)
    shape = (len(names), BINS * (seeds.max() + 1))
    return csr_array((right - confidence, (images, columns)), shape=shape)


def _draw(random: np.random.Generator, images: int) -> Array:
    """How often each image is drawn, of as many draws as there are images."""
    return np.bincount(random.integers(images, size=images), minlength=images)


def _total(sums: Array) -> float:
    return float(np.abs(sums).sum())
