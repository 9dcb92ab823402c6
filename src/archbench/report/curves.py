"""One quantity against another, architecture by architecture, as drawings of frames."""

from collections.abc import Mapping

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from archbench.report.drawing import (
    PERCENT,
    STYLE,
    Panels,
    by_architecture,
    fine_percent,
    marked,
    name_ends,
    new,
)
from archbench.style.palette import Look, Looks

UNITS = {"accuracy": "", "loss": " (nats)"}


@matplotlib.rc_context(STYLE)
def learning_curves(frame: pd.DataFrame, stops: pd.DataFrame, key: Looks) -> Panels:
    """Accuracy and loss by epoch, on validation and (dotted) training images: the seeds' mean.

    A band holds all seeds; a cross marks where a rule ended a run early.
    """
    panels: Panels = {}
    for quantity, unit in UNITS.items():
        panels[quantity], panel = new(height=3.6)
        rows = frame[frame["quantity"] == quantity]
        _learning(panel, rows, stops.rename(columns={quantity: "quantity"}), key)
        panel.set(xlabel="epoch", ylabel=quantity + unit)
        panel.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
        name_ends(panel, _ends(rows[rows["images"] == "validation"], "epoch", "mean"), key)
    panels["accuracy"].axes[0].yaxis.set_major_formatter(PERCENT)
    return panels


def _learning(panel: Axes, frame: pd.DataFrame, stops: pd.DataFrame, key: Looks) -> None:
    """A line for each architecture and kind of images, and a cross at each of its stops."""
    for name, rows in by_architecture(frame):
        for images, of_images in rows.groupby("images", sort=False):
            _line_and_band(panel, of_images, key[name], dotted=images == "training")
        ended = stops[stops["architecture"] == name]
        panel.plot(ended["epoch"], ended["quantity"], "X", ms=9, color=key[name].colour)


def _line_and_band(panel: Axes, rows: pd.DataFrame, look: Look, *, dotted: bool) -> None:
    colour, marks = look.colour, marked(look, len(rows), "." if len(rows) < 15 else "")
    style, alpha = (":", 0.7) if dotted else ("-", 1.0)
    panel.plot(rows["epoch"], rows["mean"], ls=style, alpha=alpha, color=colour, **marks)
    if rows["seeds"].iloc[0] > 1:
        panel.fill_between(rows["epoch"], rows["min"], rows["max"], color=colour, alpha=0.15, lw=0)


def _ends(frame: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    """The last point of each architecture's line."""
    return frame.groupby("architecture", sort=False).tail(1).rename(columns={x: "x", y: "y"})


@matplotlib.rc_context(STYLE)
def reliabilities(frame: pd.DataFrame, titles: Mapping[str, str], key: Looks) -> Panels:
    """Accuracy against confidence, bin by bin, as trained and (dashed) after temperature scaling.

    A dot's area says how many predictions it holds. `titles` are by architecture.
    """
    panels: Panels = {}
    for name, both in by_architecture(frame):
        colour, shape = key[name]
        panels[name], panel = new(height=4.2)
        rows, after = (both[both["temperature"] == kind] for kind in ("none", "fitted"))
        panel.plot([0, 1], [0, 1], color="#999", lw=1)
        panel.plot(after["confidence"], after["accuracy"], color=colour, ls="--", lw=1.2)
        panel.plot(rows["confidence"], rows["accuracy"], color=colour)
        dots = rows["confidence"], rows["accuracy"], rows["area"]
        panel.scatter(*dots, marker=shape.marker, color=colour, alpha=0.7, clip_on=False)
        panel.set_title(titles[name], fontsize=10)
        panel.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1))
        panel.xaxis.set_major_formatter(PERCENT)
        panel.yaxis.set_major_formatter(PERCENT)
        panel.set_aspect("equal")
    return panels


@matplotlib.rc_context(STYLE)
def risk_coverage(frame: pd.DataFrame, key: Looks) -> Panels:
    """Wrong among the predictions that are kept, the surest first."""
    figure, panel = new(height=3.6)
    for name, rows in by_architecture(frame):
        look = key[name]
        panel.plot(rows["coverage"], rows["risk"], color=look.colour, **marked(look, len(rows)))
    panel.set(xlabel="coverage", ylabel="risk", xlim=(0, 1), ylim=(0, None))
    panel.xaxis.set_major_formatter(PERCENT)
    panel.yaxis.set_major_formatter(fine_percent())
    name_ends(panel, _ends(frame, "coverage", "risk"), key)
    return {"": figure}


@matplotlib.rc_context(STYLE)
def robustness(frame: pd.DataFrame, key: Looks) -> Panels:
    """Accuracy by severity, a panel per corruption; severity 0 is the image as it is."""
    panels: Panels = {}
    for corruption, each in frame.groupby("corruption", sort=False):
        panels[str(corruption)], panel = new(height=2.8)
        for name, rows in by_architecture(each):
            colour, marks = key[name].colour, marked(key[name], len(rows), ".")
            panel.plot(rows["severity"], rows["accuracy"], color=colour, **marks)
        ticks = sorted(each["severity"].unique())
        panel.set(title=corruption, xticks=ticks, ylim=(0, 1))
        panel.set(xlabel="severity", ylabel="accuracy")
        panel.yaxis.set_major_formatter(PERCENT)
        name_ends(panel, _ends(each, "severity", "accuracy"), key)
    return panels
