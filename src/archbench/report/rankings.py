"""Who is ahead, by how much and at what cost, as drawings of the frames of that."""

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from archbench.report.drawing import INK, PERCENT, STYLE, fine_percent, new, short
from archbench.report.words import accuracy_title
from archbench.style.palette import colours

GREY = "#8a8a8a"
PLAIN = FuncFormatter(lambda value, _: f"{value:g}")
"""matplotlib writes powers as formulas, which the style does not draw."""
COST_LABELS = {"train_petaflop": "training (PFLOP)", "gflops": "forward pass (GFLOP per image)"}


@matplotlib.rc_context(STYLE)
def accuracies(frame: pd.DataFrame) -> Figure:
    """Test accuracy with its interval, best on top, and a small dot for every seed."""
    groups = list(frame.groupby("architecture", sort=False))
    figure = new(height=1.0 + 0.42 * len(groups))
    panel = figure.subplots()
    key = colours(frame["architecture"])
    for height, (name, rows) in enumerate(groups):
        row = rows.iloc[0]
        panel.plot([row["low"], row["high"]], [height] * 2, lw=3, color=key[name], alpha=0.5)
        panel.plot(row["accuracy"], height, "|", ms=16, mew=2.5, color=key[name])
        panel.plot(rows["of_seed"], [height] * len(rows), "o", ms=5, color=key[name])
    panel.set_yticks(range(len(groups)), [name for name, _ in groups])
    panel.set(xlabel=f"{accuracy_title(frame)}, 95 % interval", ylim=(-0.6, len(groups) - 0.4))
    panel.xaxis.set_major_formatter(fine_percent())
    return figure


@matplotlib.rc_context(STYLE)
def forest(frame: pd.DataFrame) -> Figure:
    """Each pair's difference in points with its interval; grey where that holds 0."""
    figure = new(height=1.0 + 0.3 * len(frame))
    panel = figure.subplots()
    panel.axvline(0, color=GREY, lw=1)
    upwards = frame[::-1]
    for height, (_, row) in enumerate(upwards.iterrows()):
        colour = INK if row["apart"] else GREY
        panel.plot([row["low"], row["high"]], [height] * 2, lw=2, color=colour)
        panel.plot(row["points"], height, "s", ms=6, color=colour)
    panel.set_yticks(range(len(frame)), upwards["pair"])
    panel.set(xlabel="difference in test accuracy (points), 95 % interval of all pairs together")
    panel.set_ylim(-0.6, len(frame) - 0.4)
    return figure


@matplotlib.rc_context(STYLE)
def costs(frame: pd.DataFrame) -> Figure:
    """Accuracy against what training and one prediction cost; a line joins the Pareto front."""
    figure = new(height=3.6)
    panels = figure.subplots(1, 2, sharey=True)
    key = colours(frame["architecture"])
    for panel, (kind, label) in zip(panels, COST_LABELS.items(), strict=True):
        rows = frame[frame["kind"] == kind]
        _scatter(panel, rows, key)
        panel.set(xlabel=label, xscale="log")
        panel.xaxis.set_major_locator(LogLocator(subs=_subdivisions(rows["cost"])))
        panel.xaxis.set_major_formatter(PLAIN)
        panel.xaxis.set_minor_formatter(NullFormatter())
    panels[0].set_ylabel("test accuracy")
    panels[0].yaxis.set_major_formatter(PERCENT)
    lines = [
        Line2D([], [], color=colour, marker="o", ls="", label=name) for name, colour in key.items()
    ]
    front_line = Line2D([], [], color=GREY, ls="--", label="Pareto front")
    figure.legend(handles=[*lines, front_line], loc="outside lower center", ncols=4, frameon=False)
    return figure


def _subdivisions(costs: pd.Series) -> tuple[float, ...]:
    """Of each decade of a logarithmic axis: within two of them, powers of ten say too little."""
    return (1, 2, 5) if costs.max() < 100 * costs.min() else (1,)


def _scatter(panel: Axes, rows: pd.DataFrame, key: dict[str, str]) -> None:
    best = rows[rows["front"]].sort_values("cost")
    panel.plot(best["cost"], best["accuracy"], color=GREY, ls="--", lw=1.2)
    for _, row in rows.iterrows():
        colour = key[row["architecture"]]
        panel.plot([row["cost"]] * 2, [row["low"], row["high"]], color=colour, lw=2, alpha=0.6)
        panel.plot(row["cost"], row["accuracy"], "o", ms=8, color=colour)


@matplotlib.rc_context(STYLE)
def recalls(frame: pd.DataFrame) -> Figure:
    """Recall of each class with its Wilson interval, the hardest class on top."""
    labels = frame.drop_duplicates("place").sort_values("place")["class"]
    key = colours(frame["architecture"])
    figure = new(height=1.2 + (0.16 + 0.11 * len(key)) * len(labels))
    panel = figure.subplots()
    for rank, (name, rows) in enumerate(frame.groupby("architecture")):
        heights = len(labels) - 1 - rows["place"] + 0.35 - 0.7 * (rank + 0.5) / len(key)
        panel.hlines(heights, rows["recall_low"], rows["recall_high"], color=key[name], lw=2)
        panel.plot(rows["recall"], heights, "o", ms=4, color=key[name], label=name)
    panel.set_yticks(range(len(labels))[::-1], [short(name) for name in labels])
    panel.set(xlabel="recall, 95 % Wilson interval", ylim=(-0.6, len(labels) - 0.4))
    panel.xaxis.set_major_formatter(PERCENT)
    figure.legend(loc="outside lower center", ncols=5, frameon=False)
    return figure
