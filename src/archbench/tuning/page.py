"""A search as a figure, as tables and in a sentence."""

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from archbench.report.drawing import STYLE, by_architecture, fine_percent, label, new
from archbench.report.markdown import plain, table
from archbench.style.palette import looks
from archbench.style.quantities import percent, points
from archbench.tuning.expected import expected_best

SETTINGS = ["lr", "weight_decay", "label_smoothing", "crop"]


def markdown(trials: pd.DataFrame) -> str:
    """The sentence, the figure's place and the tables."""
    expected = curves(trials)
    parts = [
        plain(sentence(expected)),
        "![Expected best validation accuracy against trials](tuning.svg)",
        "The best validation accuracy that a search of fewer trials is expected to find:",
        table(expected_table(expected)),
        "The best trials:",
        table(settings_table(trials)),
    ]
    return "\n\n".join(parts) + "\n"


def curves(trials: pd.DataFrame) -> pd.DataFrame:
    """A row per architecture and number of trials: the expected best validation accuracy."""
    return pd.DataFrame(
        [
            {"architecture": name, "trials": count, "expected_best": expected_best(reached, count)}
            for name, rows in by_architecture(trials)
            for reached in [rows["validation_accuracy"].tolist()]
            for count in range(1, len(reached) + 1)
        ]
    )


def best(trials: pd.DataFrame) -> pd.DataFrame:
    """Each architecture's best trial, the best architecture first."""
    rows = trials.loc[trials.groupby("architecture")["validation_accuracy"].idxmax()]
    return rows.sort_values("validation_accuracy", ascending=False, ignore_index=True)


@matplotlib.rc_context(STYLE)
def figure(expected: pd.DataFrame) -> Figure:
    """Expected best validation accuracy against the number of trials."""
    drawing, panel = new(height=4.0)
    key = looks(expected["architecture"].unique())
    for name, rows in by_architecture(expected):
        colour, shape = key[name]
        panel.plot(rows["trials"], rows["expected_best"], f"{shape.marker}-", ms=4, color=colour)
    panel.set(xlabel="trials", ylabel="expected best validation accuracy")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.yaxis.set_major_formatter(fine_percent())
    last = expected.groupby("architecture", sort=False).tail(1)
    label(panel, last.assign(x=last["trials"], y=last["expected_best"]), inside=False)
    return drawing


def sentence(expected: pd.DataFrame) -> str:
    """Who is good with one trial, and who gains most and least by more."""
    most = int(expected["trials"].max())
    at = {
        n: rows.set_index("architecture")["expected_best"] for n, rows in expected.groupby("trials")
    }
    first, gain = at[1], at[most] - at[1]
    parts = [f"With one trial {first.idxmax()} is expected to be best, at {percent(first.max())}."]
    if len(gain) > 1 and most > 1:
        parts.append(
            f"{most} trials add {points(gain.max())} points to {gain.idxmax()}, the most, and "
            f"{points(gain.min())} to {gain.idxmin()}, the least."
        )
    return " ".join(parts)


def expected_table(expected: pd.DataFrame) -> pd.DataFrame:
    """A row per architecture; a column for 1, 2, 4, … trials and for all of them."""
    most = int(expected["trials"].max())
    counts = [count for count in (1, 2, 4, 8, 16, 32, 64) if count < most] + [most]
    rows = {
        name: dict(zip(curve["trials"], curve["expected_best"], strict=True))
        for name, curve in by_architecture(expected)
    }
    ranked = sorted(rows, key=lambda name: -rows[name][most])
    return pd.DataFrame(
        [
            {"architecture": name}
            | {f"{n} trials" if n > 1 else "1 trial": percent(rows[name][n]) for n in counts}
            | {"gain, points": points(rows[name][most] - rows[name][1])}
            for name in ranked
        ]
    )


def settings_table(trials: pd.DataFrame) -> pd.DataFrame:
    """The setting of each architecture's best trial."""
    rows = best(trials)
    accuracy = rows["validation_accuracy"].map(percent)
    shown = rows[["architecture", "trial", *SETTINGS]].map(lambda value: f"{value}")
    return shown.assign(**{"validation accuracy": accuracy})
