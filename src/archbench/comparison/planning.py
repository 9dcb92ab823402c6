"""What a comparison can find, and how many seeds or test images it takes to find more.

    python -m archbench.comparison.planning HALF_WIDTH

prints, for each pair of architectures, the seeds at which the interval of their difference is
about HALF_WIDTH points to each side. It needs three seeds in `metrics/details/hits.csv`, and the
plan is as uncertain as their spread is: from three seeds it is a rough one.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from archbench.base import errors, files
from archbench.base.errors import Refused
from archbench.comparison import hits
from archbench.evaluation import uncertainty
from archbench.evaluation.uncertainty import FEWEST_SEEDS, LEVEL, Array, Layout

POWER = 0.8
MOST_SEEDS = 10_000
QUANTILES = 40
"""Of each architecture's chi-square: how finely the chance in its seeds' spread is averaged."""


def spent(seeds: int) -> float:
    """The share of a pair's error rate that its look at so many seeds may spend; all sum to 1."""
    return 2 / (seeds * (seeds - 1))


def half_width(layout: Layout, level: float, pairs: int) -> Array:
    """Of one of `pairs` intervals of a difference, however many seeds are added."""
    each = level / pairs
    if min(layout.seeds) < FEWEST_SEEDS:
        return uncertainty.networks_half_width(layout, each)
    return uncertainty.half_width(layout, each, each * spent(max(layout.seeds)))


def detectable(layout: Layout, pairs: int) -> float:
    """The true difference whose interval would leave out 0 with a probability of 0.8."""
    halves = half_width(_redrawn(layout), LEVEL, pairs)
    if min(layout.seeds) < FEWEST_SEEDS:
        error = float(np.sqrt(layout.by_image / layout.images))
    else:
        error = float(np.sqrt(layout.of_images + layout.of_seeds))
    if not error:
        return float(halves.mean())

    def power(gap: float) -> float:
        return float(stats.norm.cdf((gap - halves) / error).mean()) - POWER

    return float(brentq(power, 0, float(np.max(halves)) + 10 * error))


def _redrawn(layout: Layout) -> Layout:
    """The layout with every spread of the seeds that as many others might have shown."""
    if min(layout.seeds) < FEWEST_SEEDS:
        return layout
    middles = (np.arange(QUANTILES) + 0.5) / QUANTILES
    draws = [
        np.maximum(between, 0) * stats.chi2.ppf(middles, seeds - 1) / (seeds - 1)
        for between, seeds in zip(layout.between, layout.seeds, strict=True)
    ]
    return replace(layout, between=tuple(np.meshgrid(*draws)))


def floor(layout: Layout, pairs: int) -> float:
    """`detectable` with as many seeds as one likes: the choice of the images remains."""
    quantiles = stats.norm.isf(LEVEL / pairs / 2) + stats.norm.ppf(POWER)
    return float(quantiles * np.sqrt(layout.of_images))


def forecast(layout: Layout, seeds: int, images: int | None = None) -> Layout:
    """What to expect of the same architectures with so many seeds each, and test images."""
    images = images or layout.images
    less_noise = 1 / images - 1 / layout.images
    between = [
        np.maximum(spread + residual * less_noise, 0)
        for spread, residual in zip(layout.between, layout.residual, strict=True)
    ]
    return replace(
        layout,
        images=images,
        by_image=layout.of_images * layout.images + sum(ms / seeds for ms in layout.residual),
        between=tuple(between),
        seeds=(seeds,) * len(layout.seeds),
    )


def seeds_needed(layout: Layout, pairs: int, gap: float) -> float:
    """The fewest seeds that would find a true difference of `gap` four times in five."""
    if abs(gap) <= floor(layout, pairs):
        return np.inf
    return _fewest(lambda seeds: detectable(forecast(layout, seeds), pairs) <= abs(gap))


def seeds_for(layout: Layout, pairs: int, wanted: float, images: int | None = None) -> float:
    """The fewest seeds whose interval is expected to reach no further than `wanted` to each side.

    Infinite where no number does: then more test images are needed.
    """
    return _fewest(
        lambda seeds: float(half_width(forecast(layout, seeds, images), LEVEL, pairs)) <= wanted
    )


def _fewest(enough: Callable[[int], bool]) -> float:
    """By doubling, then by halving the last step; infinite beyond MOST_SEEDS."""
    low, high = FEWEST_SEEDS - 1, FEWEST_SEEDS
    while not enough(high):
        low, high = high, 2 * high
        if high > MOST_SEEDS:
            return np.inf
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def main(half_width: str) -> None:
    wanted = _points(half_width)
    if not Path(hits.HITS).is_file():
        raise Refused(f"{hits.HITS}: there is no such file: run `dvc repro`")
    runs = hits.unpack(files.read_table(Path(hits.HITS)))
    pairs = list(combinations(runs, 2))
    print(f"Seeds for intervals of ±{wanted:g} points, {len(pairs)} pairs at once:")
    for first, second in pairs:
        print(f"{first} − {second}: {_plan(runs[first], runs[second], len(pairs), wanted / 100)}")


def _points(text: str) -> float:
    try:
        points = float(text)
    except ValueError:
        points = 0.0
    if not 0 < points < 100:
        raise Refused(f"HALF_WIDTH = {text!r}: should be a number of points, above 0 and below 100")
    return points


def _plan(first: hits.Hits, second: hits.Hits, pairs: int, wanted: float) -> str:
    layout = uncertainty.of_difference(first, second)
    if min(layout.seeds) < FEWEST_SEEDS:
        raise Refused(f"{hits.HITS}: {min(layout.seeds)} seeds: a plan needs {FEWEST_SEEDS}")
    seeds = seeds_for(layout, pairs, wanted)
    return f"{seeds:.0f}" if np.isfinite(seeds) else "no number of seeds, but more test images"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("half_width", metavar="HALF_WIDTH", help="in points of test accuracy")
    errors.run(main, parser.parse_args().half_width)
