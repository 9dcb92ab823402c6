"""Who is ahead, by how much and at what cost, as drawings."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from archbench.reporting.drawing import FINE_PERCENT, INK, PERCENT, STYLE, new, short, svg
from archbench.reporting.palette import colours
from archbench.reporting.words import MANY, accuracy_title, ends

GREY = "#8a8a8a"
PLAIN = FuncFormatter(lambda value, _: f"{value:g}")
"""matplotlib writes powers as formulas, which the style does not draw."""


@matplotlib.rc_context(STYLE)
def accuracies(numbers: pd.DataFrame, seeds: pd.DataFrame) -> str:
    """Test accuracy with its interval, best on top, and a small dot for every seed."""
    ranked = numbers.sort_values("accuracy")
    figure = new(height=1.0 + 0.42 * len(ranked))
    panel = figure.subplots()
    key = colours(ranked.index)
    for height, (name, row) in enumerate(ranked.iterrows()):
        panel.plot(ends(row), [height, height], lw=3, color=key[name], alpha=0.5)
        panel.plot(row["accuracy"], height, "|", ms=16, mew=2.5, color=key[name])
        each = seeds.loc[seeds["architecture"] == name, "accuracy"]
        panel.plot(each, [height] * len(each), "o", ms=5, color=key[name])
    panel.set_yticks(range(len(ranked)), ranked.index)
    panel.set(xlabel=f"{accuracy_title(ranked)}, 95 % interval", ylim=(-0.6, len(ranked) - 0.4))
    panel.xaxis.set_major_formatter(FINE_PERCENT)
    return svg(figure)


@matplotlib.rc_context(STYLE)
def forest(pairs: pd.DataFrame) -> str:
    """Each pair's difference in points with its interval; grey where that holds 0."""
    figure = new(height=1.0 + 0.3 * len(pairs))
    panel = figure.subplots()
    panel.axvline(0, color=GREY, lw=1)
    for height, (_, row) in enumerate(pairs[::-1].iterrows()):
        colour = INK if row["low"] > 0 or row["high"] < 0 else GREY
        panel.plot([100 * row["low"], 100 * row["high"]], [height] * 2, lw=2, color=colour)
        panel.plot(100 * row["difference"], height, "s", ms=6, color=colour)
    names = [f"{row['first']} − {row['second']}" for _, row in pairs[::-1].iterrows()]
    panel.set_yticks(range(len(pairs)), names)
    panel.set(xlabel="difference in test accuracy (points), 95 % interval of all pairs together")
    panel.set_ylim(-0.6, len(pairs) - 0.4)
    return svg(figure)


@matplotlib.rc_context(STYLE)
def costs(numbers: pd.DataFrame) -> str:
    """Accuracy against what training and one prediction cost; a line joins the Pareto front."""
    figure = new(height=3.6)
    panels = figure.subplots(1, 2, sharey=True)
    axes = {"train_seconds": "training (s)", "gflops": "forward pass (GFLOP per image)"}
    for panel, (cost, label) in zip(panels, axes.items(), strict=True):
        _scatter(panel, numbers, cost)
        panel.set(xlabel=label, xscale="log")
        panel.xaxis.set_major_locator(LogLocator(subs=_subdivisions(numbers[cost])))
        panel.xaxis.set_major_formatter(PLAIN)
        panel.xaxis.set_minor_formatter(NullFormatter())
    panels[0].set_ylabel("test accuracy")
    panels[0].yaxis.set_major_formatter(PERCENT)
    key = colours(numbers.index).items()
    lines = [Line2D([], [], color=colour, marker="o", ls="", label=name) for name, colour in key]
    front_line = Line2D([], [], color=GREY, ls="--", label="Pareto front")
    figure.legend(handles=[*lines, front_line], loc="outside lower center", ncols=4, frameon=False)
    return svg(figure)


def _subdivisions(costs: pd.Series) -> tuple[float, ...]:
    """Of each decade of a logarithmic axis: within two of them, powers of ten say too little."""
    return (1, 2, 5) if costs.max() < 100 * costs.min() else (1,)


def _scatter(panel: Axes, numbers: pd.DataFrame, cost: str) -> None:
    key = colours(numbers.index)
    best = numbers.loc[front(numbers, cost)]
    panel.plot(best[cost], best["accuracy"], color=GREY, ls="--", lw=1.2)
    for name, row in numbers.iterrows():
        panel.plot([row[cost]] * 2, ends(row), color=key[name], lw=2, alpha=0.6)
        panel.plot(row[cost], row["accuracy"], "o", ms=8, color=key[name])


def front(numbers: pd.DataFrame, cost: str) -> list[str]:
    """The architectures that none beats in accuracy at the same cost or less, cheapest first."""
    ranked = numbers.sort_values([cost, "accuracy"], ascending=[True, False])
    before = ranked["accuracy"].cummax().shift(fill_value=-np.inf)
    return ranked.index[ranked["accuracy"] > before].tolist()


@matplotlib.rc_context(STYLE)
def recalls(classes: pd.DataFrame) -> str:
    """Recall of each class with its Wilson interval, the hardest class on top.

    Of many classes the hardest are drawn.
    """
    ranked = classes.groupby("class", sort=False)["recall"].mean().sort_values().index[:MANY]
    names = sorted(classes["architecture"].unique())
    key = colours(names)
    figure = new(height=1.2 + (0.16 + 0.11 * len(names)) * len(ranked))
    panel = figure.subplots()
    for rank, name in enumerate(names):
        rows = classes[classes["architecture"] == name].set_index("class").loc[ranked]
        heights = np.arange(len(ranked))[::-1] + 0.35 - 0.7 * (rank + 0.5) / len(names)
        panel.hlines(heights, rows["recall_low"], rows["recall_high"], color=key[name], lw=2)
        panel.plot(rows["recall"], heights, "o", ms=4, color=key[name], label=name)
    panel.set_yticks(np.arange(len(ranked))[::-1], [short(name) for name in ranked])
    panel.set(xlabel="recall, 95 % Wilson interval", ylim=(-0.6, len(ranked) - 0.4))
    panel.xaxis.set_major_formatter(PERCENT)
    figure.legend(loc="outside lower center", ncols=5, frameon=False)
    return svg(figure)
