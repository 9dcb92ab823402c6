"""How every figure of the report looks, as SVG text. Same in, same out: no date, no random ids.

A figure is one panel, as narrow as a phone: the page sets panels side by side where it has room,
so that text is as large on either.
"""

import re
from html import escape
from io import StringIO
from typing import Any

import matplotlib
import matplotlib.ticker
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from archbench.report.many import MANY_MODELS
from archbench.style.palette import SHAPES, Look, Looks

Panels = dict[str, Figure]
"""The figures that stand under one title, by what sets them apart; a single one has no name."""

INK, LINES, PAPER = "#1b1f24", "#d0d7de", "#fefefe"
"""Of text and axes, of grids and of the ground: nothing else has these colours."""
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "archbench",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": LINES,
    "axes.axisbelow": True,
    **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), PAPER),
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor"), INK),
    **dict.fromkeys(("xtick.color", "ytick.color"), INK),
    "text.parse_math": False,  # a class may be named `$x_$`
}
INCHES = 5.2
LONGEST = 24
"""Characters of a name on an axis."""
LINE, CHARACTER = 13.0, 5.6
"""Height and width of text, in points."""
MARKS = 6
"""Of a line, about."""
PERCENT = matplotlib.ticker.PercentFormatter(xmax=1, decimals=0)


def fine_percent() -> matplotlib.ticker.FuncFormatter:
    """With as many decimals as a tick needs: a formatter knows one axis, so each has its own."""
    return matplotlib.ticker.FuncFormatter(lambda share, _: f"{100 * share:.4g}%")


def short(name: str) -> str:
    """To stand beside an axis, which a class with a long name would push out of the figure."""
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def new(height: float) -> tuple[Figure, Axes]:
    """A figure of one panel; `height` in inches."""
    figure = Figure(figsize=(INCHES, height), layout="constrained")
    return figure, figure.subplots()


def by_architecture(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The rows of each, in the order in which the architectures come."""
    return [(str(name), rows) for name, rows in frame.groupby("architecture", sort=False)]


def marked(look: Look, points: int, plain: str = "") -> dict[str, Any]:
    """How a line of so many points shows its architecture's shape; instead of circles, `plain`."""
    if look.shape == SHAPES[0]:
        return {"marker": plain}
    return {"marker": look.shape.marker, "ms": 5, "markevery": max(1, points // MARKS)}


def label(panel: Axes, points: pd.DataFrame, *, inside: bool) -> None:
    """Write each architecture's name beside its point (`architecture`, `x`, `y`).

    A name that would hide another moves down. `inside`: points on the right have theirs on the
    left, so that it stays within the axes; the end of a line has it on the right.
    """
    panel.get_xlim()  # sets the limits that matplotlib has put off
    places = (panel.transScale + panel.transLimits).transform(points[["x", "y"]].to_numpy(float))
    width, height = (72 * 0.8 * pixels / panel.figure.dpi for pixels in panel.figure.bbox.size)
    taken: list[tuple[float, float, float]] = []
    for (x, y), name in sorted(zip(places.tolist(), points["architecture"], strict=True))[::-1]:
        left = inside and x > 0.5
        start = x * width - len(name) * CHARACTER if left else x * width
        end, low = start + len(name) * CHARACTER, y * height
        while any(abs(low - it) < LINE and start < b and a < end for a, b, it in taken):
            low -= LINE / 4
        taken.append((start, end, low))
        panel.annotate(
            name,
            (x, low / height),
            xycoords="axes fraction",
            xytext=(-8 if left else 8, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            fontsize=9,
        )


def name_ends(panel: Axes, points: pd.DataFrame, key: Looks) -> None:
    """Name the lines that end at the points; with many architectures these lie so close that a
    legend has to."""
    if len(key) <= MANY_MODELS:
        label(panel, points, inside=False)
        return
    lines = [
        Line2D([], [], color=key[name].colour, label=name, **marked(key[name], 1))
        for name in points["architecture"]
    ]
    panel.figure.legend(handles=lines, loc="outside lower left", ncols=2, frameon=False, fontsize=9)


@matplotlib.rc_context(STYLE)
def svg(figure: Figure) -> str:
    """Without the XML declaration, to stand inside a page."""
    text = StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()[text.getvalue().index("<svg") :]


def embedded(svg: str, prefix: str, sentence: str) -> str:
    """For a page with several drawings and a dark scheme: an image whose `sentence` is read out.

    It takes the colours of the page around it. Ids, which are unique within a drawing only, begin
    with `prefix`.
    """
    svg = svg.replace(INK, "currentColor").replace(LINES, "var(--line)").replace(PAPER, "none")
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    svg = re.sub(r'(url\(#|href="#)', rf"\1{prefix}-", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(sentence)}" ', 1)
