"""How sure an expected calibration error is, and how much of it is chance.

Equal-width bins hold n · ECE = Σ_bins |Σ_images (right − confidence)|, so the images are binned
once, and a draw of the images or of their labels costs no more than such sums.
"""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from archbench.base.predictions import Array
from archbench.evaluation.calibration import BINS, bin_numbers

DRAWS = 1000
LEVEL = 0.05


def interval(predictions: pd.DataFrame, draws: int = DRAWS) -> tuple[float, float]:
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
    right = (predictions["prediction"] == predictions["label"]).to_numpy()
    columns = seeds * BINS + bin_numbers(confidence)
    shape = (len(names), BINS * (seeds.max() + 1))
    return csr_array((right - confidence, (images, columns)), shape=shape)


def _draw(random: np.random.Generator, images: int) -> Array:
    """How often each image is drawn, of as many draws as there are images."""
    return np.bincount(random.integers(images, size=images), minlength=images)


def _total(sums: Array) -> float:
    return float(np.abs(sums).sum())
