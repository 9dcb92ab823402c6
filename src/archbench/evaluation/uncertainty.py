"""95 % intervals of one architecture's accuracy: of the test images' chance, or of the seeds'."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

Interval = tuple[float, float]


def of_accuracy(seeds: Sequence[float], examples: int) -> Interval:
    """Student's t over the seeds; of a single seed, Wilson's over the test images."""
    return student(seeds) if len(seeds) > 1 else wilson(seeds[0], examples)


def wilson(share: float, examples: int) -> Interval:
    """Of a proportion among `examples` draws (Wilson 1927)."""
    counted = stats.binomtest(round(share * examples), examples)
    low, high = counted.proportion_ci(method="wilson")
    return float(low), float(high)


def student(values: Sequence[float]) -> Interval:
    """Of the mean of two or more draws that are about normal (Student 1908)."""
    half = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values) - half), float(np.mean(values) + half)
