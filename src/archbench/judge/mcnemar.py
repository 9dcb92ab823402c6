"""The usual test of two classifiers on the same images, for readers who look for it.

No verdict comes from it: it is of these networks alone, and of one pair at a time. Holm's
correction is for many, and may tell apart a pair whose interval does not, or the other way round.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from archbench.evaluation.uncertainty import Array


def table(pairs: pd.DataFrame, hits: Mapping[str, Array]) -> pd.DataFrame:
    """A row per pair (`first`, `second`): images that only one of them gets right, and p.

    Empty where either has several runs, whose images are not independent draws.
    """
    rows = [
        _counts(hits[first], hits[second])
        for first, second in pairs[["first", "second"]].to_numpy()
    ]
    found = pd.DataFrame(rows, columns=["first_only", "second_only"], dtype="Int64")
    known = found.notna().all(axis=1).to_numpy()
    p = exact(*found[known].to_numpy(np.int64).T)
    for name, values in (("mcnemar_p", p), ("mcnemar_holm_p", holm(p))):
        found.loc[known, name] = values
    return found


def _counts(first: Array, second: Array) -> tuple[int, int] | tuple[None, None]:
    if first.shape[1] != 1 or second.shape[1] != 1:
        return None, None
    return int((first & ~second).sum()), int((second & ~first).sum())


def exact(first_only: NDArray[np.int64], second_only: NDArray[np.int64]) -> NDArray[np.float64]:
    """Two-sided p that each such image falls to either with probability ½ (McNemar 1947).

    By the binomial distribution, so for small counts too; without such images it is 1.
    """
    fewer = np.minimum(first_only, second_only)
    return np.minimum(1, 2 * stats.binom.cdf(fewer, first_only + second_only, 0.5))


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each p, adjusted so that any below a level is so over all of them (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    grown = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1, grown)
    return adjusted
