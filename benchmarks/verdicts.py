"""Do the verdicts hold? Comparisons of simulated architectures whose true difference is known.

    python benchmarks/verdicts.py [--draws N]

Writes results/verdicts.json: for each cell of a grid how often a 95 % interval misses the truth, by
the method of archbench 0.1 and by today's; how often equal architectures are told apart where many
are compared, or where seeds are added until they are; how often a difference of the size that is
called detectable is found; and what a plan is worth. `verdicts_page.py` makes the page of it.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import measure
import numpy as np
from scipy import stats

from archbench.comparison import planning
from archbench.evaluation import uncertainty
from archbench.evaluation.uncertainty import LEVEL, Array, Layout

CHUNK = 20_000_000
"""Outcomes in memory at a time."""
STEPS = 2**14
"""Of a probability: draws are integers, which are fast."""
DENSITY = 0.51
"""Share of the images that are neither sure to be right nor sure to be wrong: what a shift of all
probabilities moves the accuracy by."""


class Cell(NamedTuple):
    seeds: int
    sds: tuple[float, ...]
    """Of each architecture's accuracy over seeds, in points."""
    images: int
    gap: float = 0.0
    """By which the first is better, in points."""


def simulate(cell: Cell, draws: int, seed: int = 0) -> Iterator[list[Array]]:
    """Chunks of draws: of each architecture the outcomes, (images, seeds, draws).

    An image has a difficulty, and suits some architectures better; a seed has a luck. Together they
    give the probability that the run is right, clipped to [0, 1].
    """
    random = np.random.default_rng(seed)
    size = max(1, CHUNK // (cell.images * cell.seeds))
    for start in range(0, draws, size):
        count = min(size, draws - start)
        shape = (cell.images, count)
        easy = 0.95 + 0.45 * random.standard_normal(shape, np.float32)
        yield [
            _outcomes(random, easy, sd, cell.seeds, cell.gap * (number == 0))
            for number, sd in enumerate(cell.sds)
        ]


def _outcomes(random: np.random.Generator, easy: Array, sd: float, seeds: int, gap: float) -> Array:
    images, draws = easy.shape
    suited = easy + 0.2 * random.standard_normal(easy.shape, np.float32) + gap / DENSITY / 100
    luck = random.normal(0, sd / DENSITY / 100, (seeds, draws))
    chance = (suited * STEPS).clip(-STEPS, 2 * STEPS - 1).astype(np.int16) // 2
    shift = np.rint(luck * STEPS / 2).astype(np.int16)
    noise = random.integers(0, STEPS // 2, (images, seeds, draws), np.int16)
    return noise < chance[:, None] + shift


def layouts(cell: Cell, draws: int) -> Layout:
    """Of the difference of the cell's first two architectures, over all draws."""
    chunks = [uncertainty.of_difference(*runs[:2]) for runs in simulate(cell, draws)]
    return joined(chunks)


def joined(chunks: Sequence[Layout]) -> Layout:
    def end_to_end(values: Sequence[Any]) -> Array:
        return np.concatenate([np.atleast_1d(value) for value in values])

    first = chunks[0]
    return Layout(
        estimate=end_to_end([one.estimate for one in chunks]),
        images=first.images,
        by_image=end_to_end([one.by_image for one in chunks]),
        between=tuple(end_to_end(v) for v in zip(*(one.between for one in chunks), strict=True)),
        residual=tuple(end_to_end(v) for v in zip(*(one.residual for one in chunks), strict=True)),
        seeds=first.seeds,
    )


class Method(NamedTuple):
    """Half-widths of an interval of one difference."""

    earlier: Array
    today: Array


def half_widths(layout: Layout, level: float = LEVEL, pairs: int = 1) -> Method:
    return Method(earlier(layout, level / pairs), planning.half_width(layout, level, pairs))


def earlier(layout: Layout, level: float) -> Array:
    """Of archbench 0.1: each architecture's net variance of the seeds, and its Satterthwaite."""
    by_image = layout.by_image / layout.images
    if max(layout.seeds) == 1:
        return stats.norm.isf(level / 2) * np.sqrt(by_image)
    parts = zip(layout.between, layout.residual, layout.seeds, strict=True)
    nets = [((b - r / layout.images) / s, s - 1) for b, r, s in parts]
    total = np.maximum(by_image, by_image + sum(net for net, _ in nets))
    freedom = total**2 / sum(net**2 / degrees for net, degrees in nets)
    return stats.t.isf(level / 2, freedom) * np.sqrt(total)


def satterthwaite(layout: Layout, level: float) -> Array:
    """As `earlier`, but with the degrees of freedom that the mean squares give."""
    parts = list(zip(layout.between, layout.residual, layout.seeds, strict=True))
    nets = sum(np.maximum(b - r / layout.images, 0) / s for b, r, s in parts)
    total = layout.by_image / layout.images + nets
    freedom = total**2 / sum((b / s) ** 2 / (s - 1) for b, _, s in parts)
    return stats.t.isf(level / 2, freedom) * np.sqrt(total)


def small_levels(draws: int) -> list[dict[str, Any]]:
    """Of two equal architectures of three unequal seeds: one look, at the levels of many pairs."""
    layout = layouts(Cell(3, (0.0, 0.86), 10_000), 10 * draws)
    rows = []
    for level in (0.05, 0.005, 0.00125):
        methods = {
            "earlier": earlier(layout, level),
            "satterthwaite": satterthwaite(layout, level),
            "today": uncertainty.half_width(layout, level, level),
        }
        rates = {name: (np.abs(layout.estimate) > half).mean() for name, half in methods.items()}
        rows.append({"level": level} | {name: float(rate) for name, rate in rates.items()})
    return rows


SDS = ((0.0, 0.0), (0.1, 0.1), (0.4, 0.4), (0.86, 0.86), (0.0, 0.86), (0.1, 0.4), (0.59, 0.86))
"""The seeds' standard deviations of two architectures: points of test accuracy."""
SEEDS = (1, 2, 3, 5, 10)
IMAGES = (100, 2_000, 10_000)
FIVE = (0.1, 0.1, 0.4, 0.59, 0.86)
"""Of five architectures, as three seeds of a few epochs showed."""


def grid(draws: int, sds: Sequence[tuple[float, float]] = SDS) -> list[dict[str, Any]]:
    """Of two equal architectures, how often the interval of their difference leaves out 0."""
    return [row for pair in sds for images in IMAGES for row in missed(pair, images, draws)]


def missed(sds: tuple[float, float], images: int, draws: int) -> list[dict[str, Any]]:
    """A row per number of seeds: the first of as many as the largest number draws."""
    chunks = [
        [uncertainty.of_difference(*(run[:, :seeds] for run in runs)) for seeds in SEEDS]
        for runs in simulate(Cell(max(SEEDS), sds, images), draws)
    ]
    rows = []
    for layout in map(joined, zip(*chunks, strict=True)):
        widths, beyond = half_widths(layout), np.abs(layout.estimate)
        row: dict[str, Any] = {"seeds": min(layout.seeds), "sds": list(sds), "images": images}
        for name, half in widths._asdict().items():
            row |= {name: float((beyond > half).mean()), f"{name}_width": points(np.median(half))}
        rows.append(row)
    return rows


def points(share: Any) -> float:
    return 100 * float(share)


def familywise(draws: int, numbers: Sequence[int] = SEEDS) -> list[dict[str, Any]]:
    """Of five equal architectures, how often some pair is told apart."""
    rows = []
    for seeds in numbers:
        chunks = simulate(Cell(seeds, FIVE, 10_000), draws)
        found = np.concatenate([told_apart(runs) for runs in chunks], axis=1)
        rows.append(
            {"seeds": seeds, "earlier": float(found[0].mean()), "today": float(found[1].mean())}
        )
    return rows


def told_apart(runs: Sequence[Array]) -> Array:
    """(method, draws): does some pair's interval, corrected for all ten, leave out 0?

    Holm's method finds something if and only if Bonferroni's does, so it stands for the earlier.
    """
    pairs = list(combinations(runs, 2))
    told = []
    for first, second in pairs:
        layout = uncertainty.of_difference(first, second)
        widths = half_widths(layout, pairs=len(pairs))
        told.append([np.abs(layout.estimate) > half for half in widths])
    return np.any(told, axis=0)


def adding_seeds(draws: int, most: int = 10) -> list[dict[str, Any]]:
    """Of two equal architectures, how often some look from three seeds on tells them apart."""
    rows = []
    for sds in SDS:
        for images in (2_000, 10_000):
            found = [looked(runs, most) for runs in simulate(Cell(most, sds, images), draws)]
            before, today = np.concatenate(found, axis=1).mean(1)
            row: dict[str, Any] = {"sds": list(sds), "images": images}
            rows.append(row | {"earlier": float(before), "today": float(today)})
    return rows


def looked(runs: Sequence[Array], most: int) -> Array:
    """(method, draws)."""
    told = []
    for seeds in range(uncertainty.FEWEST_SEEDS, most + 1):
        layout = uncertainty.of_difference(*(run[:, :seeds] for run in runs))
        told.append([np.abs(layout.estimate) > half for half in half_widths(layout)])
    return np.any(told, axis=0)


POWERED = [(1, (0.0, 0.0))] + [
    (seeds, sds) for seeds in (3, 5, 10) for sds in ((0.1, 0.1), (0.4, 0.4), (0.59, 0.86))
]


def power(
    draws: int, cells: Sequence[tuple[int, tuple[float, float]]] = POWERED, images: int = 10_000
) -> list[dict[str, Any]]:
    """How often a difference of the size that is called detectable is found, one of ten pairs."""
    rows, pairs = [], 10
    for seeds, sds in cells:
        layout = layouts(Cell(seeds, sds, images), draws)
        gap = shift = planning.detectable(expected(layout), pairs)
        for _ in range(3):  # a larger gap has other variances, and a shift is no gap
            layout = layouts(Cell(seeds, sds, images, points(shift)), draws)
            gap = planning.detectable(expected(layout), pairs)
            shift *= gap / float(layout.estimate.mean())
        layout = layouts(Cell(seeds, sds, images, points(shift)), draws)
        found = np.abs(layout.estimate) > planning.half_width(layout, LEVEL, pairs)
        row: dict[str, Any] = {"seeds": seeds, "sds": list(sds), "detectable": points(gap)}
        rows.append(row | {"found": float(found.mean())})
    return rows


def plans(draws: int, sds: Sequence[tuple[float, float]] = SDS) -> list[dict[str, Any]]:
    """What a pilot of so many seeds forecasts for ten, and for five times the images."""
    rows = []
    for pair in sds:
        seen = layouts(Cell(10, pair, 10_000), draws)
        for seeds, images in ((3, 10_000), (5, 10_000), (10, 2_000)):
            pilot = layouts(Cell(seeds, pair, images), draws)
            forecast = planning.half_width(planning.forecast(pilot, 10, 10_000), LEVEL, 1)
            row: dict[str, Any] = {"sds": list(pair), "seeds": seeds, "images": images}
            row |= {"forecast": points(np.mean(forecast)), "sd": points(np.std(forecast))}
            rows.append(row | {"seen": points(np.mean(planning.half_width(seen, LEVEL, 1)))})
    return rows


def expected(layout: Layout) -> Layout:
    """The mean over draws."""
    return Layout(
        estimate=layout.estimate.mean(),
        images=layout.images,
        by_image=layout.by_image.mean(),
        between=tuple(between.mean() for between in layout.between),
        residual=tuple(residual.mean() for residual in layout.residual),
        seeds=layout.seeds,
    )


STUDIES: dict[str, Callable[[int], list[dict[str, Any]]]] = {
    "grid": grid,
    "levels": small_levels,
    "familywise": familywise,
    "adding": adding_seeds,
    "power": power,
    "plans": plans,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--toy", action="store_true")
    options = parser.parse_args()
    draws = 20 if options.toy else options.draws
    found = {name: study(draws) for name, study in STUDIES.items()}
    measure.write("verdicts", {"machine": measure.machine(256), "draws": draws} | found)


if __name__ == "__main__":
    main()
