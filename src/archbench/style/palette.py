"""One colour per architecture, the same in every figure, sheet, page and DVC template."""

from collections.abc import Collection, Iterable

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

`.dvc/plots/*.json` repeats them: Vega cannot import Python.
"""


def colours(architectures: Iterable[str], last: Collection[str] = ()) -> dict[str, str]:
    """By rank among the sorted names, of which those in `last` come after all others, so that
    they change no colour; after eight the colours come round again.
    """
    names = sorted(set(architectures), key=lambda name: (name in last, name))
    return {name: COLOURS[rank % len(COLOURS)] for rank, name in enumerate(names)}
