"""Which class is taken for which, as drawings of a frame."""

import matplotlib
import pandas as pd
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from archbench.report.drawing import STYLE, grid, short
from archbench.report.words import MANY


@matplotlib.rc_context(STYLE)
def confusions(frame: pd.DataFrame) -> Figure:
    """One matrix per architecture: the share of each actual class that was predicted as each.

    Many classes: some are named, and the square root of a share shades its cell, because mistakes
    are spread so thin that none would show.
    """
    classes = frame["actual"].unique()
    named = range(0, len(classes), -(-len(classes) // MANY))
    labels = [short(classes[number]) for number in named]
    norm = PowerNorm(0.5 if len(classes) > MANY else 1, vmin=0, vmax=1)
    names = sorted(frame["architecture"].unique())
    figure, panels = grid(len(names), height=4.6)
    for panel, name in zip(panels, names, strict=True):
        rows = frame[frame["architecture"] == name]
        share, text = (
            rows.pivot(index="actual", columns="predicted", values=values).loc[classes, classes]
            for values in ("share", "text")
        )
        panel.imshow(share, cmap="Blues", norm=norm, interpolation="none")
        for row, column in zip(*text.to_numpy().nonzero(), strict=True):
            shade = "white" if share.iat[row, column] > 0.5 else "black"
            written = text.iat[row, column]
            panel.text(column, row, written, ha="center", va="center", color=shade)
        panel.set_xticks(named, labels, rotation=60, ha="right")
        panel.set_yticks(named, labels)
        panel.grid(visible=False)
        panel.set(title=name, xlabel="predicted", ylabel="actual")
    return figure
