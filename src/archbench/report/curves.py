"""One quantity against another, architecture by architecture, as drawings of frames."""

from collections.abc import Mapping
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from archbench.report.drawing import INK, PERCENT, STYLE, fine_percent, grid, new
from archbench.style.palette import colours

CROSS: Any = {"marker": "X", "ms": 9}


LINES = {"validation": {}, "training": {"ls": ":", "alpha": 0.7}}


@matplotlib.rc_context(STYLE)
def learning_curves(frame: pd.DataFrame, stops: pd.DataFrame) -> Figure:
    """Accuracy and loss by epoch, on validation and (dotted) training images: the seeds' mean.

    A band holds all seeds; a cross marks where a rule ended a run early.
    """
    figure = new(height=3.8)
    panels = figure.subplots(1, 2)
    key = colours(frame["architecture"])
    for panel, quantity in zip(panels, ("accuracy", "loss"), strict=True):
        of_quantity = frame[frame["quantity"] == quantity]
        for architecture, rows in of_quantity.groupby("architecture"):
            for images, style in LINES.items():
                one = rows[rows["images"] == images]
                _line_and_band(panel, one, {"color": key[architecture]} | style)
            ended = stops[stops["architecture"] == architecture]
            crosses = CROSS | {"ls": "", "color": key[architecture]}
            panel.plot(ended["epoch"], ended[quantity], **crosses)
        panel.set(xlabel="epoch", title=quantity.capitalize())
        panel.xaxis.get_major_locator().set_params(integer=True)
    panels[0].yaxis.set_major_formatter(PERCENT)
    panels[1].set_ylabel("nats")
    lines = [Line2D([], [], color=colour, label=name) for name, colour in key.items()]
    kinds = [("validation", "-"), ("training, as augmented and mixed", ":")]
    lines += [Line2D([], [], color=INK, ls=style, label=name) for name, style in kinds]
    for rule in stops["rule"].unique():
        lines.append(Line2D([], [], color=INK, ls="", label=f"stopped: {rule}", **CROSS))
    figure.legend(handles=lines, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _line_and_band(panel: Axes, rows: pd.DataFrame, style: Any) -> None:
    panel.plot(rows["epoch"], rows["mean"], marker="." if len(rows) < 15 else "", **style)
    if rows["seeds"].iloc[0] > 1:
        band = {"color": style["color"], "alpha": 0.15, "lw": 0}
        panel.fill_between(rows["epoch"], rows["min"], rows["max"], **band)


@matplotlib.rc_context(STYLE)
def reliabilities(frame: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Accuracy against confidence, bin by bin, as trained and (dashed) after temperature scaling.

    A dot's area says how many predictions it holds. `titles` are by architecture.
    """
    names = sorted(frame["architecture"].unique())
    key = colours(names)
    figure, panels = grid(len(names), height=3.8)
    for panel, name in zip(panels, names, strict=True):
        both = frame[frame["architecture"] == name]
        rows, after = (both[both["temperature"] == kind] for kind in ("none", "fitted"))
        panel.plot([0, 1], [0, 1], color="#999", lw=1)
        panel.plot(after["confidence"], after["accuracy"], color=key[name], ls="--", lw=1.2)
        panel.plot(rows["confidence"], rows["accuracy"], color=key[name])
        dots = {"s": rows["area"], "color": key[name], "alpha": 0.7, "clip_on": False}
        panel.scatter(rows["confidence"], rows["accuracy"], **dots)
        panel.set_title(titles[name], fontsize=10)
        panel.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1))
        panel.xaxis.set_major_formatter(PERCENT)
        panel.yaxis.set_major_formatter(PERCENT)
        panel.set_aspect("equal")
    return figure


def calibration_titles(numbers: pd.DataFrame) -> dict[str, str]:
    return {str(name): calibration_title(str(name), row) for name, row in numbers.iterrows()}


def calibration_title(name: str, row: Any) -> str:
    ends = ("scaled_ece", "scaled_ece_low", "scaled_ece_high", "scaled_ece_floor")
    error, low, high, floor = (100 * row[end] for end in ends)
    return f"{name}\nscaled ECE {error:.1f} % [{low:.1f}, {high:.1f}], by chance {floor:.1f} %"


@matplotlib.rc_context(STYLE)
def risk_coverage(frame: pd.DataFrame) -> Figure:
    """Wrong among the predictions that are kept, the surest first."""
    figure = new(height=3.6)
    panel = figure.subplots()
    key = colours(frame["architecture"])
    for name, rows in frame.groupby("architecture"):
        panel.plot(rows["coverage"], rows["risk"], color=key[name], label=name)
    panel.set(xlabel="coverage", ylabel="risk", xlim=(0, 1), ylim=(0, None))
    panel.xaxis.set_major_formatter(PERCENT)
    panel.yaxis.set_major_formatter(fine_percent())
    figure.legend(loc="outside right upper", frameon=False)
    return figure


@matplotlib.rc_context(STYLE)
def robustness(frame: pd.DataFrame) -> Figure:
    """Accuracy by severity, a panel per corruption; severity 0 is the image as it is."""
    names = list(frame["corruption"].unique())
    key = colours(frame["architecture"])
    figure = new(height=2.3 * -(-len(names) // 4) + 0.4)
    panels = figure.subplots(-(-len(names) // 4), 4, sharex=True, sharey=True, squeeze=False)
    for panel, name in zip(panels.ravel(), names, strict=False):
        for architecture, rows in frame[frame["corruption"] == name].groupby("architecture"):
            panel.plot(rows["severity"], rows["accuracy"], color=key[architecture], marker=".")
        panel.set(title=name, xticks=rows["severity"], ylim=(0, 1), xlabel="severity")
        panel.yaxis.set_major_formatter(PERCENT)
    for unused in panels.ravel()[len(names) :]:
        unused.remove()
    lines = [Line2D([], [], color=colour, label=name) for name, colour in key.items()]
    figure.legend(handles=lines, loc="outside lower center", ncols=5, frameon=False)
    return figure
