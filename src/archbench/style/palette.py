"""One look per architecture, the same in every figure, sheet and page: its colour, and the shape
of its marks."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

COLOURS = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#d55e00",
    "#cc79a7",
    "#56b4e9",
    "#767676",
    "#a08a00",
)
"""Okabe & Ito (2008), most legible on white first; their yellow is darkened for thin lines,
their black is grey, for dark pages.

`.dvc/plots/*.json` repeats them: Vega cannot import Python. It takes them in turn from nine
architectures on, and has no shapes.
"""
OTHER = "#a9a9a9"
"""Of architectures beyond those that a look can tell apart: their names have to."""

Outline = tuple[tuple[float, float], ...]
"""Corners (x, y) in a square from 0 to 1, y downwards; none for a circle."""


class Shape(NamedTuple):
    marker: str
    """Matplotlib's."""
    outline: Outline


SHAPES = (
    Shape("o", ()),
    Shape("s", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))),
    Shape("^", ((0.5, 0.0), (1.0, 1.0), (0.0, 1.0))),
    Shape("D", ((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5))),
    Shape("v", ((0.0, 0.0), (1.0, 0.0), (0.5, 1.0))),
    Shape("<", ((1.0, 0.0), (1.0, 1.0), (0.0, 0.5))),
    Shape(">", ((0.0, 0.0), (1.0, 0.5), (0.0, 1.0))),
    Shape(
        "P",
        (
            *((0.33, 0.0), (0.67, 0.0), (0.67, 0.33), (1.0, 0.33), (1.0, 0.67), (0.67, 0.67)),
            *((0.67, 1.0), (0.33, 1.0), (0.33, 0.67), (0.0, 0.67), (0.0, 0.33), (0.33, 0.33)),
        ),
    ),
)
"""Filled, so that their colour is seen. The first eight architectures have circles, the next
eight squares in the same colours, and so on."""
UNIQUE = len(COLOURS) * len(SHAPES)


class Look(NamedTuple):
    colour: str
    shape: Shape = SHAPES[0]


Looks = Mapping[str, Look]
"""By architecture: of all that a page shows, whichever of them a figure has."""


def looks(architectures: Iterable[str], last: Collection[str] = ()) -> dict[str, Look]:
    """By rank among the sorted names, of which those in `last` come after all others, so that
    they change no look. The first 64 differ from each other; the rest are grey circles.
    """
    names = sorted(set(architectures), key=lambda name: (name in last, name))
    return {name: _look(rank) for rank, name in enumerate(names)}


def _look(rank: int) -> Look:
    if rank >= UNIQUE:
        return Look(OTHER)
    turn, colour = divmod(rank, len(COLOURS))
    return Look(COLOURS[colour], SHAPES[turn])
