"""Quantities as a reader says them, the same on every page: 90.6 %, 20 min, 0.8 MFLOP, 498 k."""

import math
from collections.abc import Sequence

FLOP_UNITS = ("MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP", "ZFLOP")
ENERGY_UNITS = ("Wh", "kWh", "MWh")
COUNT_UNITS = ("", "k", "M", "G")
NONE = "-"
"""Stands where there is no number."""


def percent(share: float) -> str:
    """Of a share in [0, 1]; one that is not whole never reads 100 %."""
    if math.isnan(share):
        return NONE
    rounded = round(100 * share, 1)
    return ">99.9 %" if rounded == 100 and share < 1 else f"{rounded:.1f} %"


def points(share: float, digits: int = 1) -> str:
    """A share, or a difference of shares, in percentage points and without a unit."""
    return f"{100 * share:.{digits}f}"


def ends(low: float, high: float, digits: int = 1) -> str:
    """An interval of shares, in points."""
    return f"[{points(low, digits)}, {points(high, digits)}]"


def duration(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.{0 if unit == 'min' else 1}f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def flop(operations: float) -> str:
    """Floating-point operations, to three digits."""
    return _scaled(operations / 1e6, FLOP_UNITS)


def energy(joules: float) -> str:
    """In watt-hours, to three digits."""
    return NONE if math.isnan(joules) else _scaled(joules / 3600, ENERGY_UNITS)


def count(number: float) -> str:
    """To three digits from a thousand on."""
    return _scaled(number, COUNT_UNITS)


def _scaled(value: float, units: Sequence[str]) -> str:
    """With the first unit, each a thousand times the one before, that leaves it below 1,000."""
    for unit in units:
        if value < 999.5 or unit == units[-1]:
            break
        value /= 1000
    return f"{value:.3g} {unit}".strip()
