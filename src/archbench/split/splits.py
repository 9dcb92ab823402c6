"""Which training images are held out, and in which order the others may be used.

Every prefix of either half is stratified too: a budget of n images is the first n.
"""

import numpy as np
from numpy.typing import NDArray

from archbench.base.errors import Refused
from archbench.base.params import shown
from archbench.split.config import count

Indices = NDArray[np.int64]


def split(labels: np.ndarray, validation: int | float | None, seed: int) -> tuple[Indices, Indices]:
    """Train and validation indices: disjoint, exhaustive, each class at its share within one.

    `validation` is a count, a fraction or None (`config.count`); Refused if it holds out
    nothing, or all of some class.
    """
    generator = np.random.default_rng([seed])
    _, counts = np.unique(labels, return_counts=True)
    shuffled = generator.permutation(len(labels))
    by_class = np.split(shuffled[np.argsort(labels[shuffled], kind="stable")], counts.cumsum()[:-1])
    held_out = _held_out(counts, validation)
    train = [members[held:] for members, held in zip(by_class, held_out, strict=True)]
    valid = [members[:held] for members, held in zip(by_class, held_out, strict=True)]
    return interleave(train, generator), interleave(valid, generator)


def interleave(classes: list[Indices], generator: np.random.Generator) -> Indices:
    """One order in which each class is spread evenly, its members in their given order.

    The i-th of n members stands at (i + ½)/n of the way, and lots decide between equals. Of C
    classes, one with share p of the whole is in every prefix within ½ + p(C - 2)/2 images of its
    share: less than one where classes are equal.
    """
    sizes = [len(members) for members in classes]
    positions = np.concatenate([(np.arange(n) + 0.5) / n for n in sizes if n])
    lots = generator.random(len(positions))
    return np.concatenate(classes)[np.lexsort((lots, positions))]


def shares(counts: Indices, total: int) -> Indices:
    """`total` in proportion to `counts`, exact in sum (largest remainder; a tie: first class)."""
    whole, remainder = np.divmod(counts.astype(np.int64) * total, counts.sum())
    most = np.argsort(-remainder, kind="stable")[: total - whole.sum()]
    whole[most] += 1
    return whole


def _held_out(counts: Indices, validation: int | float | None) -> Indices:
    """Held-out images of each class."""
    size = int(counts.sum())
    total = count(validation, size)
    refused = (
        f"params.yaml: validation = {shown(validation)}: of {size} training images it holds out"
    )
    if total < 1:
        raise Refused(f"{refused} none; should be at least 1, or a fraction of {1 / size:.2g}")
    if not _leaves_all(counts, min(total, size)):
        most = next(n for n in range(min(total, size), -1, -1) if _leaves_all(counts, n))
        raise Refused(f"{refused} all of some class; should be at most {most}, or empty")
    return shares(counts, total)


def _leaves_all(counts: Indices, total: int) -> bool:
    return bool((shares(counts, total) < counts).all())
