"""The best validation accuracy that a search of fewer trials would have found on average."""

from collections.abc import Sequence
from math import comb

import numpy as np


def expected_best(values: Sequence[float], trials: int) -> float:
    """Mean over all ways to have drawn `trials` of the `values`, which are independent draws.

    The quantity is of Dodge et al. (2019), "Show Your Work"; the estimate is the unbiased one of
    Tang et al. (2020), who show that the former's is too low.
    """
    count = len(values)
    if not 1 <= trials <= count:
        raise ValueError(f"{trials} trials: there are {count}")
    # the i-th smallest is the best in so many of the ways
    ways = [comb(smaller, trials - 1) for smaller in range(count)]
    return float(np.average(np.sort(values), weights=ways))
