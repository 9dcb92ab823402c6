"""Which class is taken for which, as drawings."""

from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from archbench.reporting.drawing import STYLE, grid, short, svg
from archbench.reporting.words import MANY


@matplotlib.rc_context(STYLE)
def confusions(confusion: pd.DataFrame, classes: Sequence[str]) -> str:
    """One matrix per architecture: the share of each actual class that was predicted as each.

    Many classes: some are named, and the square root of a share shades its cell, because mistakes
    are spread so thin that none would show.
    """
    many = len(classes) > MANY
    named = range(0, len(classes), -(-len(classes) // MANY))
    labels = [short(classes[number]) for number in named]
    norm = PowerNorm(0.5 if many else 1, vmin=0, vmax=1)
    names = sorted(confusion["architecture"].unique())
    figure, panels = grid(len(names), height=4.6)
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
    return svg(figure)


def _annotate(panel: Axes, share: np.ndarray) -> None:
    """Percent in every cell that would not read 0."""
    for (row, column), value in np.ndenumerate(share):
        if round(100 * value):
            shade = "white" if value > 0.5 else "black"
            panel.text(column, row, f"{100 * value:.0f}", ha="center", va="center", color=shade)
