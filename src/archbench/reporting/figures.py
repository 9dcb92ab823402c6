"""The report's drawings, as SVG text. Same in, same out: no date, no random ids."""

from collections.abc import Sequence
from io import StringIO
from typing import Any

import matplotlib
import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from archbench.reporting.comparison import MANY
from archbench.reporting.palette import colours

STYLE: Any = {
    "svg.hashsalt": "archbench",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e5e5e5",
    "axes.axisbelow": True,
    "text.parse_math": False,  # a class may be named `$x_$`
}
INCHES = 9.6
CROSS: Any = {"marker": "X", "ms": 9}
PERCENT = matplotlib.ticker.PercentFormatter(xmax=1, decimals=0)


@matplotlib.rc_context(STYLE)
def learning_curves(curves: pd.DataFrame) -> str:
    """Accuracy and loss by epoch, on validation and (dotted) training images; a line per seed.

    A cross marks where a rule ended a run early.
    """
    figure = _figure(height=3.8)
    panels = figure.subplots(1, 2)
    key = colours(curves["architecture"])
    for panel, quantity in zip(panels, ("accuracy", "loss"), strict=True):
        for (architecture, _), run in curves.groupby(["architecture", "seed"]):
            ours = {"color": key[architecture], "marker": "." if len(run) < 15 else None}
            panel.plot(run["epoch"], run[f"validation_{quantity}"], **ours)
            panel.plot(run["epoch"], run[f"train_{quantity}"], ls=":", alpha=0.7, **ours)
            stop = run[run["stopped"].notna()]
            panel.plot(stop["epoch"], stop[f"validation_{quantity}"], **ours | CROSS)
        panel.set(xlabel="epoch", title=quantity.capitalize())
        panel.xaxis.get_major_locator().set_params(integer=True)
    panels[0].yaxis.set_major_formatter(PERCENT)
    panels[1].set_ylabel("nats")
    lines = [Line2D([], [], color=colour, label=name) for name, colour in key.items()]
    kinds = [("validation", "-"), ("training, as augmented and mixed", ":")]
    lines += [Line2D([], [], color="#555", ls=style, label=name) for name, style in kinds]
    for rule in curves["stopped"].dropna().unique():
        lines.append(Line2D([], [], color="#555", ls="", label=f"stopped: {rule}", **CROSS))
    figure.legend(handles=lines, loc="outside lower center", ncols=3, frameon=False)
    return _svg(figure)


@matplotlib.rc_context(STYLE)
def accuracies(metrics: pd.DataFrame) -> str:
    """Test accuracy with its Wilson interval, best on top; `metrics` is indexed by architecture."""
    ranked = metrics.sort_values("accuracy")
    figure = _figure(height=1.0 + 0.42 * len(ranked))
    panel = figure.subplots()
    key = colours(ranked.index)
    for height, (name, row) in enumerate(ranked.iterrows()):
        ends = [row["accuracy_low"], row["accuracy_high"]]
        panel.plot(ends, [height, height], lw=3, color=key[name])
        panel.plot(row["accuracy"], height, "o", ms=8, color=key[name])
    panel.set_yticks(range(len(ranked)), ranked.index)
    panel.set(xlabel="test accuracy, 95 % Wilson interval", ylim=(-0.6, len(ranked) - 0.4))
    panel.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(xmax=1))
    return _svg(figure)


@matplotlib.rc_context(STYLE)
def confusions(confusion: pd.DataFrame, classes: Sequence[str]) -> str:
    """One matrix per architecture: the share of each actual class that was predicted as each.

    Many classes: some are named, and the square root of a share shades its cell, because mistakes
    are spread so thin that none would show.
    """
    many = len(classes) > MANY
    named = range(0, len(classes), -(-len(classes) // MANY))
    labels = [classes[number] for number in named]
    norm = PowerNorm(0.5 if many else 1, vmin=0, vmax=1)
    names = sorted(confusion["architecture"].unique())
    figure, panels = _grid(len(names), height=4.6)
    for panel, name in zip(panels, names, strict=True):
        rows = confusion[confusion["architecture"] == name]
        share = rows["share"].to_numpy().reshape(len(classes), len(classes))
        panel.imshow(share, cmap="Blues", norm=norm, interpolation="none")
        if len(classes) <= 12:
            _annotate(panel, share)
        panel.set_xticks(named, labels, rotation=60, ha="right")
        panel.set_yticks(named, labels)
        panel.grid(visible=False)
        panel.set(title=name, xlabel="predicted", ylabel="actual")
    return _svg(figure)


def _annotate(panel: Axes, share: np.ndarray) -> None:
    """Percent in every cell that would not read 0."""
    for (row, column), value in np.ndenumerate(share):
        if round(100 * value):
            shade = "white" if value > 0.5 else "black"
            panel.text(column, row, f"{100 * value:.0f}", ha="center", va="center", color=shade)


@matplotlib.rc_context(STYLE)
def reliabilities(reliability: pd.DataFrame, metrics: pd.DataFrame) -> str:
    """Accuracy against confidence, bin by bin; a dot's area says how many predictions it holds."""
    names = sorted(reliability["architecture"].unique())
    key = colours(names)
    figure, panels = _grid(len(names), height=3.8)
    for panel, name in zip(panels, names, strict=True):
        rows = reliability[reliability["architecture"] == name]
        panel.plot([0, 1], [0, 1], color="#999", ls="--", lw=1)
        size = 120 * rows["count"] / reliability["count"].max() + 4
        panel.plot(rows["confidence"], rows["accuracy"], color=key[name])
        dots = {"s": size, "color": key[name], "alpha": 0.7, "clip_on": False}
        panel.scatter(rows["confidence"], rows["accuracy"], **dots)
        title = f"{name} (ECE {100 * metrics.at[name, 'ece']:.1f} %)"
        panel.set(title=title, xlabel="confidence", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1))
        panel.xaxis.set_major_formatter(PERCENT)
        panel.yaxis.set_major_formatter(PERCENT)
        panel.set_aspect("equal")
    return _svg(figure)


def _figure(height: float) -> Figure:
    return Figure(figsize=(INCHES, height), layout="constrained")


def _grid(count: int, height: float) -> tuple[Figure, list[Axes]]:
    """Two panels to a row, `height` inches a row."""
    rows = -(-count // 2)
    figure = _figure(height * rows)
    panels = figure.subplots(rows, 2, squeeze=False).ravel()
    for unused in panels[count:]:
        unused.remove()
    return figure, list(panels[:count])


def _svg(figure: Figure) -> str:
    """Without the XML declaration, to stand inside a page."""
    text = StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()[text.getvalue().index("<svg") :]
