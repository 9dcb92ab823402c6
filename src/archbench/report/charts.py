"""Architectures and classes side by side, as drawings of the frames of that."""

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, PowerNorm
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from archbench.report.drawing import (
    PERCENT,
    STYLE,
    Panels,
    by_architecture,
    fine_percent,
    label,
    new,
    short,
)
from archbench.report.many import MANY_MODELS
from archbench.report.words import MANY, accuracy_title
from archbench.style.palette import COLOURS, Looks
from archbench.style.quantities import flop

GREY = "#8a8a8a"
FLOP = FuncFormatter(lambda value, _: flop(value))
DARKEST = 0.8
"""The opacity of a whole share, on which text still reads in the light and in the dark scheme."""
SHADES = ListedColormap(
    [(*matplotlib.colors.to_rgb(COLOURS[0]), DARKEST * step / 255) for step in range(256)]
)
"""From nothing to blue: what is below shows through, so that it suits both schemes."""


@matplotlib.rc_context(STYLE)
def accuracies(frame: pd.DataFrame, key: Looks) -> Panels:
    """Test accuracy with its interval, best on top, and a small dot for every seed."""
    groups = by_architecture(frame)[::-1]
    many = len(groups) > MANY_MODELS
    figure, panel = new(height=1.0 + (0.2 if many else 0.36) * len(groups))
    for height, (name, rows) in enumerate(groups):
        row, (colour, shape) = rows.iloc[0], key[name]
        panel.plot([row["low"], row["high"]], [height] * 2, lw=3, color=colour, alpha=0.5)
        panel.plot(row["accuracy"], height, "|", ms=10 if many else 16, mew=2.5, color=colour)
        panel.plot(rows["of_seed"], [height] * len(rows), shape.marker, ms=5, color=colour)
    panel.set_yticks(range(len(groups)), [name for name, _ in groups])
    panel.set(xlabel=f"{accuracy_title(frame)}, 95 % interval", ylim=(-0.6, len(groups) - 0.4))
    panel.xaxis.set_major_formatter(fine_percent())
    return {"": figure}


@matplotlib.rc_context(STYLE)
def costs(frame: pd.DataFrame, key: Looks) -> Panels:
    """Accuracy against what training and one prediction cost; a line joins the Pareto front.

    Of many architectures only those on it are named, and the others are faint.
    """
    panels: Panels = {}
    for kind, rows in frame.groupby("kind", sort=False):
        panels[str(kind)], panel = new(height=3.6)
        _scatter(panel, rows, key)
        panel.set(xlabel=f"operations of one {kind}", xscale="log", ylabel="test accuracy")
        panel.margins(x=0.15)
        panel.xaxis.set_major_locator(LogLocator(subs=_subdivisions(rows["cost"])))
        panel.xaxis.set_major_formatter(FLOP)
        panel.xaxis.set_minor_formatter(NullFormatter())
        panel.yaxis.set_major_formatter(PERCENT)
        named = rows if len(rows) <= MANY_MODELS else rows[rows["front"]]
        label(panel, named.rename(columns={"cost": "x", "accuracy": "y"}), inside=True)
    return panels


def _subdivisions(costs: pd.Series) -> tuple[float, ...]:
    """Of each decade of a logarithmic axis: within two of them, powers of ten say too little."""
    return (1, 2, 5) if costs.max() < 20 * costs.min() else (1,)


def _scatter(panel: Axes, rows: pd.DataFrame, key: Looks) -> None:
    best = rows[rows["front"]].sort_values("cost")
    panel.plot(best["cost"], best["accuracy"], color=GREY, ls="--", lw=1.2)
    many = len(rows) > MANY_MODELS
    for _, row in rows.iterrows():
        colour, shape = key[row["architecture"]]
        faint = 0.4 if many and not row["front"] else None
        panel.plot([row["cost"]] * 2, [row["low"], row["high"]], color=colour, lw=2, alpha=0.6)
        panel.plot(row["cost"], row["accuracy"], shape.marker, ms=8, color=colour, alpha=faint)


@matplotlib.rc_context(STYLE)
def recalls(frame: pd.DataFrame, key: Looks) -> Panels:
    """Recall of each class with its Wilson interval, the hardest class on top."""
    labels = frame.drop_duplicates("place").sort_values("place")["class"]
    groups = by_architecture(frame)
    figure, panel = new(height=1.2 + (0.14 + 0.08 * len(groups)) * len(labels))
    for rank, (name, rows) in enumerate(groups):
        heights = len(labels) - 1 - rows["place"] + 0.35 - 0.7 * (rank + 0.5) / len(groups)
        colour, shape = key[name]
        panel.hlines(heights, rows["recall_low"], rows["recall_high"], color=colour, lw=2)
        panel.plot(rows["recall"], heights, shape.marker, ms=4, color=colour, label=name)
    panel.set_yticks(range(len(labels))[::-1], [short(name) for name in labels])
    panel.set(xlabel="recall, 95 % Wilson interval", ylim=(-0.6, len(labels) - 0.4))
    panel.xaxis.set_major_formatter(PERCENT)
    figure.legend(loc="outside lower left", ncols=2, frameon=False)
    return {"": figure}


@matplotlib.rc_context(STYLE)
def confusions(frame: pd.DataFrame) -> Panels:
    """One matrix per architecture: the share of each actual class that was predicted as each.

    Many classes: some are named, and the square root of a share shades its cell, because mistakes
    are spread so thin that none would show.
    """
    classes = frame["actual"].unique()
    named = range(0, len(classes), -(-len(classes) // MANY))
    labels = [short(classes[number]) for number in named]
    norm = PowerNorm(0.5 if len(classes) > MANY else 1, vmin=0, vmax=1)
    panels: Panels = {}
    for name, rows in by_architecture(frame):
        share, text = (
            rows.pivot(index="actual", columns="predicted", values=values).loc[classes, classes]
            for values in ("share", "text")
        )
        panels[name], panel = new(height=4.8)
        panel.imshow(share, cmap=SHADES, norm=norm, interpolation="none")
        for row, column in zip(*text.to_numpy().nonzero(), strict=True):
            panel.text(column, row, str(text.iat[row, column]), ha="center", va="center")
        panel.set_xticks(named, labels, rotation=60, ha="right")
        panel.set_yticks(named, labels)
        panel.grid(visible=False)
        panel.set(title=name, xlabel="predicted", ylabel="actual")
    return panels
