"""How every figure of the report looks, as SVG text. Same in, same out: no date, no random ids."""

from io import StringIO
from typing import Any

import matplotlib
import matplotlib.ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, LINES, PAPER = "#1b1f24", "#d0d7de", "#fefefe"
"""Of text and axes, of grids and of the ground: nothing else has these colours."""
STYLE: Any = {
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
INCHES = 9.6
LONGEST = 24
"""Characters of a name on an axis."""
PERCENT = matplotlib.ticker.PercentFormatter(xmax=1, decimals=0)


def fine_percent() -> matplotlib.ticker.PercentFormatter:
    """With as many decimals as its axis needs: a formatter knows one axis, so each has its own."""
    return matplotlib.ticker.PercentFormatter(xmax=1)


def short(name: str) -> str:
    """To stand beside an axis, which a class with a long name would push out of the figure."""
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def new(height: float) -> Figure:
    """As wide as the report; `height` in inches."""
    return Figure(figsize=(INCHES, height), layout="constrained")


def grid(count: int, height: float) -> tuple[Figure, list[Axes]]:
    """Two panels to a row, `height` inches a row."""
    rows = -(-count // 2)
    figure = new(height * rows)
    panels = figure.subplots(rows, 2, squeeze=False).ravel()
    for unused in panels[count:]:
        unused.remove()
    return figure, list(panels[:count])


@matplotlib.rc_context(STYLE)
def svg(figure: Figure) -> str:
    """Without the XML declaration, to stand inside a page."""
    text = StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()[text.getvalue().index("<svg") :]


def adopted(svg: str) -> str:
    """In the colours of the page around it, which has a dark scheme too."""
    return svg.replace(INK, "currentColor").replace(LINES, "var(--line)").replace(PAPER, "none")
