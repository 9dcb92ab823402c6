"""One quantity against another, architecture by architecture, as drawings."""

from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from archbench.reporting.drawing import FINE_PERCENT, INK, PERCENT, STYLE, grid, new, svg
from archbench.reporting.palette import colours

CROSS: Any = {"marker": "X", "ms": 9}


@matplotlib.rc_context(STYLE)
def learning_curves(curves: pd.DataFrame) -> str:
    """Accuracy and loss by epoch, on validation and (dotted) training images: the seeds' mean.

    A band holds all seeds; a cross marks where a rule ended a run early.
    """
    figure = new(height=3.8)
    panels = figure.subplots(1, 2)
    key = colours(curves["architecture"])
    for panel, quantity in zip(panels, ("accuracy", "loss"), strict=True):
        for architecture, runs in curves.groupby("architecture"):
            _line_and_band(panel, runs, f"validation_{quantity}", {"color": key[architecture]})
            dotted = {"color": key[architecture], "ls": ":", "alpha": 0.7}
            _line_and_band(panel, runs, f"train_{quantity}", dotted)
            stop = runs[runs["stopped"].notna()]
            crosses = CROSS | {"ls": "", "color": key[architecture]}
            panel.plot(stop["epoch"], stop[f"validation_{quantity}"], **crosses)
        panel.set(xlabel="epoch", title=quantity.capitalize())
        panel.xaxis.get_major_locator().set_params(integer=True)
    panels[0].yaxis.set_major_formatter(PERCENT)
    panels[1].set_ylabel("nats")
    lines = [Line2D([], [], color=colour, label=name) for name, colour in key.items()]
    kinds = [("validation", "-"), ("training, as augmented and mixed", ":")]
    lines += [Line2D([], [], color=INK, ls=style, label=name) for name, style in kinds]
    for rule in curves["stopped"].dropna().unique():
        lines.append(Line2D([], [], color=INK, ls="", label=f"stopped: {rule}", **CROSS))
    figure.legend(handles=lines, loc="outside lower center", ncols=3, frameon=False)
    return svg(figure)


def _line_and_band(panel: Axes, runs: pd.DataFrame, column: str, style: Any) -> None:
    by_epoch = runs.groupby("epoch")[column].agg(["mean", "min", "max"])
    panel.plot(by_epoch.index, by_epoch["mean"], marker="." if len(by_epoch) < 15 else "", **style)
    if runs["seed"].nunique() > 1:
        band = {"color": style["color"], "alpha": 0.15, "lw": 0}
        panel.fill_between(by_epoch.index, by_epoch["min"], by_epoch["max"], **band)


@matplotlib.rc_context(STYLE)
def reliabilities(reliability: pd.DataFrame, scaled: pd.DataFrame, numbers: pd.DataFrame) -> str:
    """Accuracy against confidence, bin by bin, as trained and (dashed) after temperature scaling.

    A dot's area says how many predictions it holds.
    """
    names = sorted(reliability["architecture"].unique())
    key = colours(names)
    figure, panels = grid(len(names), height=3.8)
    for panel, name in zip(panels, names, strict=True):
        rows, after = (table[table["architecture"] == name] for table in (reliability, scaled))
        panel.plot([0, 1], [0, 1], color="#999", lw=1)
        panel.plot(after["confidence"], after["accuracy"], color=key[name], ls="--", lw=1.2)
        size = 120 * rows["count"] / reliability["count"].max() + 4
        panel.plot(rows["confidence"], rows["accuracy"], color=key[name])
        dots = {"s": size, "color": key[name], "alpha": 0.7, "clip_on": False}
        panel.scatter(rows["confidence"], rows["accuracy"], **dots)
        panel.set_title(calibration_title(name, numbers.loc[name]), fontsize=10)
        panel.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1))
        panel.xaxis.set_major_formatter(PERCENT)
        panel.yaxis.set_major_formatter(PERCENT)
        panel.set_aspect("equal")
    return svg(figure)


def calibration_title(name: str, row: Any) -> str:
    ends = ("scaled_ece", "scaled_ece_low", "scaled_ece_high", "scaled_ece_floor")
    error, low, high, floor = (100 * row[end] for end in ends)
    return f"{name}\nscaled ECE {error:.1f} % [{low:.1f}, {high:.1f}], by chance {floor:.1f} %"


@matplotlib.rc_context(STYLE)
def risk_coverage(curves: pd.DataFrame) -> str:
    """Wrong among the predictions that are kept, the surest first."""
    figure = new(height=3.6)
    panel = figure.subplots()
    key = colours(curves["architecture"])
    for name, rows in curves.groupby("architecture"):
        panel.plot(rows["coverage"], rows["risk"], color=key[name], label=name)
    panel.set(xlabel="coverage", ylabel="risk", xlim=(0, 1), ylim=(0, None))
    panel.xaxis.set_major_formatter(PERCENT)
    panel.yaxis.set_major_formatter(FINE_PERCENT)
    figure.legend(loc="outside right upper", frameon=False)
    return svg(figure)


@matplotlib.rc_context(STYLE)
def robustness(table: pd.DataFrame) -> str:
    """Accuracy by severity, a panel per corruption; severity 0 is the image as it is."""
    names = list(dict.fromkeys(table["corruption"]))
    key = colours(table["architecture"])
    figure = new(height=2.3 * -(-len(names) // 4) + 0.4)
    panels = figure.subplots(-(-len(names) // 4), 4, sharex=True, sharey=True, squeeze=False)
    for panel, name in zip(panels.ravel(), names, strict=False):
        for architecture, rows in table[table["corruption"] == name].groupby("architecture"):
            mean = rows.groupby("severity")["accuracy"].mean()
            panel.plot(mean.index, mean, color=key[architecture], marker=".")
        panel.set(title=name, xticks=mean.index, ylim=(0, 1), xlabel="severity")
        panel.yaxis.set_major_formatter(PERCENT)
    for unused in panels.ravel()[len(names) :]:
        unused.remove()
    lines = [Line2D([], [], color=colour, label=name) for name, colour in key.items()]
    figure.legend(handles=lines, loc="outside lower center", ncols=5, frameon=False)
    return svg(figure)
