"""The frontier as a figure, as tables and in a sentence."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from archbench.evaluation.uncertainty import of_accuracy
from archbench.frontier import law
from archbench.frontier.crossings import Crossing, leaders
from archbench.frontier.experiments import Experiment
from archbench.report.charts import FLOP
from archbench.report.drawing import PERCENT, STYLE, by_architecture, label, new
from archbench.report.words import FEWEST_SEEDS
from archbench.style.palette import looks
from archbench.style.quantities import NONE, ends, flop, percent, points

ENDED = 0.95
"""A training that took a smaller share of its budget ended with its recipe."""


def accuracies(experiments: Sequence[Experiment]) -> pd.DataFrame:
    """A row per budget and architecture: test accuracy, its 95 % interval, what training took."""
    rows = []
    for experiment in experiments:
        for name, runs in experiment.hits.items():
            spread = of_accuracy(runs)
            kind = "accuracy" if runs.shape[1] >= FEWEST_SEEDS else "network"
            rows.append(
                {
                    "petaflop": experiment.petaflop,
                    "architecture": name,
                    "taken": experiment.taken[name],
                    "seeds": runs.shape[1],
                    "accuracy": float(runs.mean()),
                    "low": spread[f"{kind}_low"],
                    "high": spread[f"{kind}_high"],
                }
            )
    return pd.DataFrame(rows)


def forecasts(table: pd.DataFrame) -> dict[str, law.Forecast]:
    """By architecture, where there are points enough: budgets that its recipe uses up."""
    used = table[table["taken"] >= ENDED * table["petaflop"]]
    found = {
        name: law.forecast(rows["taken"].tolist(), (1 - rows["accuracy"]).tolist())
        for name, rows in by_architecture(used)
    }
    return {name: forecast for name, forecast in found.items() if forecast}


@matplotlib.rc_context(STYLE)
def figure(table: pd.DataFrame) -> Figure:
    """Test accuracy against what training took, with intervals."""
    drawing, panel = new(height=4.4)
    key = looks(table["architecture"].unique())
    for name, rows in by_architecture(table):
        x = 1e15 * rows["taken"]
        colour, shape = key[name]
        panel.plot(x, rows["accuracy"], f"{shape.marker}-", ms=4, color=colour)
        panel.fill_between(x, rows["low"], rows["high"], color=colour, alpha=0.2, lw=0)
    panel.set(xscale="log", xlabel="operations of one training", ylabel="test accuracy")
    panel.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.xaxis.set_major_formatter(FLOP)
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.yaxis.set_major_formatter(PERCENT)
    last = table.groupby("architecture", sort=False).tail(1)
    ends_of_lines = last.assign(x=1e15 * last["taken"], y=last["accuracy"])
    label(panel, ends_of_lines, inside=False)
    return drawing


def sentence(experiments: Sequence[Experiment], differences: pd.DataFrame) -> str:
    """Which architecture to take at which budgets."""
    taken = [(one.petaflop, leaders(one, differences)) for one in experiments]
    parts = []
    for names, group in groupby(taken, key=lambda each: each[1]):
        budgets = [petaflop for petaflop, _ in group]
        low, high = flop(1e15 * budgets[0]), flop(1e15 * budgets[-1])
        place = f"with {low}" if len(budgets) == 1 else f"from {low} to {high}"
        parts.append(f"{' or '.join(names)} {place}")
    return f"Of what was tried, take {'; '.join(parts)}."


def seeds_note(experiments: Sequence[Experiment]) -> str:
    """What the intervals cover; with few seeds at some budget, less."""
    promise = "Intervals are for other test images of the kind and other seeds."
    few = [flop(1e15 * one.petaflop) for one in experiments if one.seeds < FEWEST_SEEDS]
    if not few:
        return promise
    return f"{promise} Fewer than three seeds say nothing of others, at {', '.join(few)}."


def accuracy_table(table: pd.DataFrame) -> pd.DataFrame:
    """A row per architecture and a column per budget, as it is read."""
    words = [
        f"{points(row['accuracy'])} {ends(row['low'], row['high'])}"
        + ("" if row["taken"] >= ENDED * row["petaflop"] else f" after {flop(1e15 * row['taken'])}")
        for _, row in table.iterrows()
    ]
    named = table.assign(words=words, budget=[flop(1e15 * each) for each in table["petaflop"]])
    best = table[table["petaflop"] == table["petaflop"].max()].sort_values("accuracy")[::-1]
    wide = named.pivot(index="architecture", columns="budget", values="words")
    order = named["budget"].unique().tolist()
    return wide.loc[best["architecture"].tolist(), order].reset_index()


def crossing_table(crossings: Sequence[Crossing]) -> pd.DataFrame:
    """A row per pair; who is ahead of the most stands first."""
    wins = Counter(one.ahead for one in crossings)
    ranked = sorted(crossings, key=lambda one: (-wins[one.ahead], -wins[one.behind]))
    return pd.DataFrame(
        [
            {
                "with the most compute": f"{one.ahead} ahead of {one.behind}",
                "goes ahead at": "ahead throughout" if one.crosses is None else _flop(one.crosses),
                "surely behind up to": _flop(one.after),
                "surely ahead from": _flop(one.since),
            }
            for one in ranked
        ]
    )


def law_table(forecasts: dict[str, law.Forecast]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "architecture": name,
                "exponent": f"{one.exponent:.2f}",
                "foretold accuracy": f"{percent(1 - one.error)} {ends(1 - one.high, 1 - one.low)}",
                "seen": percent(1 - one.seen),
                "held": "yes" if one.held else "no",
            }
            for name, one in forecasts.items()
        ]
    )


def _flop(petaflop: float | None) -> str:
    return NONE if petaflop is None else flop(1e15 * petaflop)
