"""Is one better than the other, or could other test images and other seeds have turned it round?

Both have predicted the same images, so what counts is where they differ. With one seed each, only
the images are chance: a paired bootstrap gives the interval, McNemar's exact test the p. With
several, images and seeds are: their variances add up, in a two-way layout of random effects, and
Student's t has the degrees of freedom that Satterthwaite (1946) gives it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from archbench.comparison import hits
from archbench.comparison.hits import Hits

LEVEL = 0.05
POWER = 0.8
RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Difference:
    """First minus second, as fractions of the test images."""

    seeds: int
    """Of the one that has fewer."""
    difference: float
    low: float
    high: float
    mcnemar_p: float
    """Exact (McNemar 1947), of one run each; of several seeds the median over all pairs of runs."""
    p: float
    """McNemar's with one seed each, else of Student's t."""
    detectable: float
    """The true difference that a comparison like this one would find four times in five."""


def compare(first: Hits, second: Hits) -> Difference:
    seeds = min(first.shape[1], second.shape[1])
    by_image = first.mean(1) - second.mean(1)
    difference = float(by_image.mean())
    images = float(by_image.var(ddof=1) / len(by_image))
    p = mcnemar = _median_mcnemar(first, second)
    if seeds == 1:
        error, freedom = images**0.5, np.inf
        low, high = bootstrap(by_image)
    else:
        error, freedom = _error([(images, np.inf), _of_seeds(first), _of_seeds(second)])
        half = stats.t.ppf(1 - LEVEL / 2, freedom) * error
        low, high = difference - half, difference + half
        p = float(2 * stats.t.sf(abs(difference) / error, freedom)) if error else 1.0
    needed = stats.t.ppf(1 - LEVEL / 2, freedom) + stats.t.ppf(POWER, freedom)
    return Difference(seeds, difference, low, high, mcnemar, p, float(needed * error))


def bootstrap(by_image: NDArray[np.float64]) -> tuple[float, float]:
    """95 % percentile interval of the mean, the images drawn anew (Efron & Tibshirani 1993).

    Few values occur, so the draws are of how often each does; they are the same every time.
    """
    values, counts = np.unique(by_image, return_counts=True)
    random = np.random.default_rng(0)
    drawn = random.multinomial(len(by_image), counts / len(by_image), size=RESAMPLES)
    means = drawn @ values / len(by_image)
    low, high = np.quantile(means, [LEVEL / 2, 1 - LEVEL / 2])
    return float(low), float(high)


def mcnemar(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Exact two-sided p that the images on which two runs differ fall evenly to both sides."""
    only_first = int((first & ~second).sum())
    only_second = int((second & ~first).sum())
    if only_first + only_second == 0:
        return 1.0
    return float(stats.binomtest(only_first, only_first + only_second).pvalue)


def _median_mcnemar(first: Hits, second: Hits) -> float:
    return float(np.median([mcnemar(one, other) for one in first.T for other in second.T]))


def _of_seeds(right: Hits) -> tuple[float, float]:
    """Variance that the choice of seeds adds to an architecture's mean, and its degrees of freedom.

    Seeds differ on single images without differing in accuracy; that part is in the images'
    variance already and is taken off, as in the analysis of variance of a two-way layout.
    """
    examples, seeds = right.shape
    if seeds == 1:
        return 0.0, np.inf
    between = right.mean(0).var(ddof=1)
    residual = right - right.mean(1, keepdims=True) - right.mean(0, keepdims=True) + right.mean()
    alone = (residual**2).sum() / ((examples - 1) * (seeds - 1)) / examples
    return float((between - alone) / seeds), seeds - 1


def _error(parts: list[tuple[float, float]]) -> tuple[float, float]:
    """The standard error of variances that add up, and Satterthwaite's degrees of freedom.

    The images' variance, which comes first, is the least it can be.
    """
    (images, _), *seeds = parts
    total = max(images, images + sum(variance for variance, _ in seeds))
    uncertain = sum(variance**2 / freedom for variance, freedom in seeds)
    return total**0.5, total**2 / uncertain if uncertain else np.inf


def table(predictions: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """A row per pair of architectures, the one with the higher accuracy first."""
    by_name = {name: hits.of(rows) for name, rows in predictions.items()}
    ranked = sorted(by_name, key=lambda name: (-by_name[name].mean(), name))
    rows = [
        {"first": one, "second": other} | asdict(compare(by_name[one], by_name[other]))
        for one, other in combinations(ranked, 2)
    ]
    found = pd.DataFrame(rows, columns=["first", "second", *Difference.__slots__])
    found["p_holm"] = holm(found["p"].to_numpy())
    better = found["p_holm"] < LEVEL
    return found.assign(verdict=np.where(better, "better", "no detectable difference"))


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjusted for the number of comparisons: of several, none is found by luck (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(stepped)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted
