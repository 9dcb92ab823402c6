"""What other test images and other seeds would change: the layout behind every 95 % interval.

Each run of an architecture answers the same test images, so outcomes are an array (images, seeds):
1 where the run was right, 0 where it was wrong, or a share in between. Images and seeds are both
draws, crossed, so a mean over them has two errors that add up:

- of the *images*: some are easier for one architecture whatever its seed. It is known well, since
  there are many images, and no number of seeds removes it.
- of the *seeds*: runs differ in accuracy. Few runs tell how much, so its margin is Student's t.

An interval's half-width joins their two margins in quadrature. So it stays near the small error
rates that many comparisons need: in the simulation of docs/verdicts.md one look at a level of
0.125 % misses 0.17 %, and 0.74 % with Satterthwaite's degrees of freedom of the sum. Further axes
of the arrays are draws of such a simulation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[Any]
Interval = tuple[float, float]

LEVEL = 0.05
FEWEST_SEEDS = 3
"""With fewer the spread of the seeds is unknown, and intervals are of the trained networks."""
SMOOTHING = 0.25
"""Of the variances in the degrees of freedom: with more, intervals of very unequal architectures
miss too often; with less, all are wider than they need be (benchmarks/verdicts.py)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Of one architecture, or of the difference of two; one entry of the tuples for each.

    Variances are of fractions of the test images.
    """

    estimate: Array
    images: int
    by_image: Array
    """Variance over images of the mean over seeds: what counts for these trained networks."""
    between: tuple[Array, ...]
    """Variance of the runs' accuracies; zero with one seed."""
    residual: tuple[Array, ...]
    """Mean square of what neither the image nor the seed explains; zero with one seed."""
    seeds: tuple[int, ...]

    @property
    def of_images(self) -> Array:
        """The estimate's variance by the choice of images, over all seeds."""
        noise = sum(ms / seeds for ms, seeds in zip(self.residual, self.seeds, strict=True))
        return np.maximum(self.by_image - noise, 0) / self.images

    @property
    def of_seeds(self) -> Array:
        """The estimate's variance by the choice of seeds, and what single images add to it."""
        return np.sum(self._means(), axis=0)

    @property
    def freedom(self) -> Array:
        """Degrees of freedom of `of_seeds`: Welch's (1947), of variances drawn towards their mean.

        Of three runs a variance may be near zero by luck, and Welch's own would fall to two.
        """
        middle = self.of_seeds / len(self.seeds)
        means = [mean + SMOOTHING * (middle - mean) for mean in self._means()]
        squares = sum(mean**2 / (seeds - 1) for mean, seeds in zip(means, self.seeds, strict=True))
        least = float(min(self.seeds) - 1)
        with np.errstate(invalid="ignore"):
            return np.where(squares > 0, self.of_seeds**2 / squares, least)

    def _means(self) -> list[Array]:
        return [ms / seeds for ms, seeds in zip(self.between, self.seeds, strict=True)]


def of_one(outcomes: Array) -> Layout:
    """Of an architecture's accuracy, with two right and two wrong images added.

    They keep the interval from shrinking to nothing where all is right (Agresti & Coull 1998).
    """
    return _layout([outcomes], [[1.0], [1.0], [0.0], [0.0]])


def of_difference(first: Array, second: Array) -> Layout:
    """Of the first's accuracy less the second's, with an image added that each alone gets right.

    So two that never differ are not sure to be equal (Bonett & Price 2012).
    """
    return _layout([first, second], [[1.0, 0.0], [0.0, 1.0]])


def _layout(groups: Sequence[Array], added: Sequence[Sequence[float]]) -> Layout:
    """Of the first group, less the second if there is one."""
    full = [_with(group, [row[n] for row in added]) for n, group in enumerate(groups)]
    signed = [(1 - 2 * n) * group.mean(1, dtype=float) for n, group in enumerate(full)]
    contrast = np.sum(signed, axis=0)
    squares = [_mean_squares(group) for group in full]
    return Layout(
        estimate=contrast.mean(0),
        images=len(contrast),
        by_image=contrast.var(0, ddof=1),
        between=tuple(between for between, _ in squares),
        residual=tuple(residual for _, residual in squares),
        seeds=tuple(group.shape[1] for group in full),
    )


def _with(group: Array, values: Sequence[float]) -> Array:
    rows = [np.full_like(group[:1], value) for value in values]
    return np.concatenate([group, *rows])


def _mean_squares(outcomes: Array) -> tuple[Array, Array]:
    """Between the seeds' means, and residual: of the two-way analysis of variance."""
    images, seeds = outcomes.shape[:2]
    by_image, by_seed = outcomes.mean(1, dtype=float), outcomes.mean(0, dtype=float)
    if seeds == 1:
        return np.zeros_like(by_seed[0]), np.zeros_like(by_seed[0])
    total = (outcomes * outcomes).sum((0, 1), dtype=float)
    explained = seeds * (by_image**2).sum(0) + images * ((by_seed - by_seed.mean(0)) ** 2).sum(0)
    residual = np.maximum(total - explained, 0) / ((images - 1) * (seeds - 1))
    return by_seed.var(0, ddof=1), residual


def half_width(layout: Layout, images_level: float, seeds_level: float) -> Array:
    """Of an interval for other images and other seeds; each chance has its own error rate.

    By `isf`: scipy's `t.interval` takes 1 - level, in which a level of 1e-20 is lost.
    """
    of_images = stats.norm.isf(images_level / 2) ** 2 * layout.of_images
    of_seeds = stats.t.isf(seeds_level / 2, layout.freedom) ** 2 * layout.of_seeds
    return np.sqrt(of_images + of_seeds)


def networks_half_width(layout: Layout, level: float) -> Array:
    """Of an interval for other images alone: these networks, whatever another seed would give."""
    return stats.norm.isf(level / 2) * np.sqrt(layout.by_image / layout.images)


def of_accuracy(outcomes: Array) -> dict[str, float]:
    """An architecture's 95 % interval; of fewer than three seeds, that of its trained networks.

    Two names, since they answer two questions: `accuracy_low` and `accuracy_high` are for other
    images and other seeds, `network_low` and `network_high` for other images alone.
    """
    layout = of_one(outcomes)
    if min(layout.seeds) < FEWEST_SEEDS:
        name, half = "network", networks_half_width(layout, LEVEL)
    else:
        name, half = "accuracy", half_width(layout, LEVEL, LEVEL)
    low, high = np.clip([layout.estimate - half, layout.estimate + half], 0, 1)
    return {f"{name}_low": float(low), f"{name}_high": float(high)}


def wilson(share: float, examples: int) -> Interval:
    """95 % interval of a proportion among `examples` draws (Wilson 1927)."""
    counted = stats.binomtest(round(share * examples), examples)
    low, high = counted.proportion_ci(method="wilson")
    return float(low), float(high)
