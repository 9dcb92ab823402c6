"""The figure of docs/claims.md that sets depth with skips beside depth without."""

from pathlib import Path

import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from archbench.report.drawing import PERCENT, STYLE


@rc_context(STYLE)
def draw(runs: pd.DataFrame, path: Path) -> None:
    drawing = Figure(figsize=(9.6, 3.8), layout="constrained")
    panels = drawing.subplots(1, 2)
    for panel, family in zip(panels, ("CNN", "MLP"), strict=True):
        for kind, style, colour in (("residual", "-", "#0072b2"), ("plain", "--", "#d55e00")):
            chosen = runs[runs["network"] == f"{family} {kind}"]
            for column, marker in (("accuracy", "o"), ("train_accuracy", "^")):
                line = chosen.groupby("depth")[column].mean()
                said = f"{kind}, {'test' if column == 'accuracy' else 'training'} images"
                look = {"ls": style, "color": colour, "alpha": 1 if marker == "o" else 0.5}
                panel.plot(range(len(line)), line, marker=marker, label=said, **look)
            panel.set_xticks(range(len(line)), line.index)
        panel.set(title=family, xlabel="layers", ylabel="accuracy")
        panel.yaxis.set_major_formatter(PERCENT)
    handles, labels = panels[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    drawing.savefig(path, metadata={"Date": None})
