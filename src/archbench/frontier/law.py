"""A power law of each architecture's error in its training compute, and how far it can be trusted.

error = a · compute^(-b), a straight line in logarithms (Hestness et al. 2017), by least squares.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

FEWEST = 4
"""Points that it takes: three to fit a line and its spread, one to foretell."""
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of the error with the most compute, from all points with less."""

    exponent: float
    """The error falls as compute to the power of minus this."""
    error: float
    low: float
    high: float
    """A 95 % prediction interval of one more such point, by Student's t on logarithms."""
    seen: float

    @property
    def held(self) -> bool:
        return self.low <= self.seen <= self.high


def forecast(computes: Sequence[float], errors: Sequence[float]) -> Forecast | None:
    """Of the last point; None of fewer than four, or if a training made no mistake at all."""
    if len(computes) < FEWEST or min(errors) <= 0:
        return None
    x, y = np.log(computes), np.log(errors)
    line = stats.linregress(x[:-1], y[:-1])
    count, middle = len(x) - 1, x[:-1].mean()
    residuals = y[:-1] - (line.intercept + line.slope * x[:-1])
    variance = (residuals**2).sum() / (count - 2)
    beyond = (x[-1] - middle) ** 2 / ((x[:-1] - middle) ** 2).sum()
    half = stats.t.isf(LEVEL / 2, count - 2) * np.sqrt(variance * (1 + 1 / count + beyond))
    centre = line.intercept + line.slope * x[-1]
    error, low, high = (float(np.exp(centre + step)) for step in (0.0, -half, half))
    return Forecast(-float(line.slope), error, low, min(high, 1.0), errors[-1])
