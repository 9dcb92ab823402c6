"""The report's tables, written as they are read. Architectures keep the order in which they come:
best first."""

import re

import numpy as np
import pandas as pd

from archbench.base.records import RunRecord
from archbench.report.external import trained
from archbench.report.pair_tables import MORE_IMAGES
from archbench.report.words import (
    DISTURBED,
    Row,
    accuracy_title,
    counts_energy,
    interval,
    training,
)
from archbench.style.quantities import NONE, count, duration, ends, energy, flop, percent, points

NUMBER = re.compile(r"[\[(<>≤≥\s]*[-−+]?[\d,]*\.?\d")
"""What a cell of a column of numbers begins with: sort.js goes by the same."""
ENERGY = "energy, estimate"
EACH_RUN = 5
"""Seeds up to which a table has the best epoch of each."""


def comparison(numbers: pd.DataFrame, runs: list[RunRecord], ranks: pd.DataFrame) -> pd.DataFrame:
    """A row per architecture; of external models there is no more than their predictions tell."""
    places = {row["architecture"]: rank(row) for _, row in ranks.iterrows()}
    here = set(trained(numbers).index)
    best_epochs = {
        name: _best_epochs([run for run in runs if run.architecture == name])
        for name in numbers.index
    }
    rows = [
        {
            "architecture": name,
            accuracy_title(numbers): interval(row),
            "rank": places[name],
            "seeds": _seeds(row),
            "loss (nats)": NONE if pd.isna(row["loss"]) else f"{row['loss']:.3f}",
            "macro F1": percent(row["f1_macro"]),
        }
        | (_training(row, best_epochs[name]) if name in here else {})
        for name, row in numbers.iterrows()
    ]
    return pd.DataFrame(rows).fillna(NONE)


def _training(row: Row, best_epochs: str) -> dict[str, str]:
    """What is known of the architectures that were trained here."""
    return {
        "scaled ECE": _scaled_ece(row),
        "ECE by chance": percent(row["scaled_ece_floor"]),
        "parameters": count(row["parameters"]),
        "images × epochs": training(row),
        "training": _duration(row),
        "best epoch": best_epochs,
    }


def _scaled_ece(row: Row) -> str:
    interval = ends(row["scaled_ece_low"], row["scaled_ece_high"])
    return f"{percent(row['scaled_ece'])} {interval}"


def costs(numbers: pd.DataFrame) -> pd.DataFrame:
    """The energy only where some architecture's was counted."""
    table = pd.DataFrame(
        [
            {
                "architecture": name,
                accuracy_title(numbers): interval(row),
                "training": _duration(row),
                "its operations": flop(1e15 * row["train_petaflop"]),
                "operations an image": flop(1e9 * row["gflops"]),
                "parameters": count(row["parameters"]),
                "images/s": f"{row['images_per_second']:,.0f}",
                ENERGY: energy(row.get("energy_joules", np.nan)),
                "memory": f"{row['peak_memory_gb']:.1f} GB",
                "device": row["device"],
            }
            for name, row in numbers.iterrows()
        ]
    )
    return table if counts_energy(numbers) else table.drop(columns=ENERGY)


def _seeds(row: Row) -> str:
    """How many, and the standard deviation of their accuracies in points."""
    return "1" if row["seeds"] == 1 else f"{row['seeds']}, sd {points(row['accuracy_sd'], 2)}"


def _best_epochs(runs: list[RunRecord]) -> str:
    """Of each run, or of many their range and how many a rule has ended early."""
    if len(runs) <= EACH_RUN:
        return ", ".join(map(_best_epoch, runs))
    best, ended = [run.best_epoch for run in runs], sum(bool(run.stopped) for run in runs)
    span = f"{min(best)}–{max(best)}" if min(best) < max(best) else f"{best[0]}"
    return f"{span} of {max(run.epochs for run in runs)}" + f" ({ended} ended early)" * bool(ended)


def _best_epoch(run: RunRecord) -> str:
    why = f" ({run.stopped})" if run.stopped else ""
    return f"{run.best_epoch} of {run.epochs}{why}"


def _duration(row: Row) -> str:
    mark = ", disturbed" if row["seconds_spread"] > DISTURBED else ""
    return duration(row["train_seconds"]) + mark


def rank(places: Row) -> str:
    """The ranks that an architecture may have."""
    best, worst = (int(places[end]) for end in ("best_rank", "worst_rank"))
    return f"{best}" if best == worst else f"{best}–{worst}"


def robustness(means: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy over all corruptions and severities."""
    return pd.DataFrame(
        [
            {"architecture": row["architecture"], "mean accuracy": interval(row)}
            for _, row in means.iterrows()
        ]
    )


def calibration(numbers: pd.DataFrame) -> pd.DataFrame:
    """As trained → after temperature scaling, which alone has an interval and a floor."""
    return pd.DataFrame(
        [
            {
                "architecture": name,
                "temperature": f"{row['temperature']:.2f}",
                "loss (nats)": f"{row['loss']:.3f} → {row['scaled_loss']:.3f}",
                "Brier": f"{row['brier']:.3f} → {row['scaled_brier']:.3f}",
                "ECE": _change(row, "ece"),
                "scaled ECE, 95 % interval": _scaled_ece(row),
                "by chance": percent(row["scaled_ece_floor"]),
                "debiased": _change(row, "debiased_calibration_error"),
            }
            for name, row in numbers.iterrows()
        ]
    )


def _change(row: Row, name: str) -> str:
    return f"{points(row[name])} → {percent(row[f'scaled_{name}'])}"


def selective(numbers: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "architecture": name,
                "AURC": f"{row['aurc']:.4f}",
                "coverage aiming at 1 % risk": percent(row["coverage_at_1_percent_risk"]),
                "its risk on the test images": percent(row["risk_at_that_coverage"]),
                "coverage with the guarantee": percent(row["coverage_at_guaranteed_risk"]),
                "risk with the guarantee": percent(row["risk_at_guaranteed_coverage"]),
            }
            for name, row in numbers.iterrows()
        ]
    )


def duplicates(without: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "architecture": row["architecture"],
                "all test images": percent(row["accuracy"]),
                "without duplicates": percent(row["without"]),
                "on duplicates": percent(row["on_them"]),
            }
            for _, row in without.iterrows()
        ]
    )


def missed_by_all(missed: pd.DataFrame, most: int = 10) -> pd.DataFrame:
    first = missed.head(most)
    return first.assign(margin=first["margin"].map("{:.2f}".format))


def confused_pairs(confusion: pd.DataFrame, most: int = 5) -> pd.DataFrame:
    """Each architecture's most frequent mistakes, of the share of their class that they are."""
    wrong = confusion[(confusion["actual"] != confusion["predicted"]) & (confusion["count"] > 0)]
    order = ["share", "count", "actual", "predicted"]
    ordered = wrong.sort_values(order, ascending=[False, False, True, True])
    top = ordered.groupby("architecture").head(most)
    share = top["share"].map(percent)
    written = top.assign(
        rank=top.groupby("architecture").cumcount() + 1,
        pair=top["actual"] + " → " + top["predicted"] + ": " + share,
    )
    table = written.pivot(index="rank", columns="architecture", values="pair").fillna(NONE)
    names = [name for name in confusion["architecture"].unique() if name in table]
    return table[names].rename_axis(columns=None).reset_index()


def numeric(table: pd.DataFrame) -> dict[str, bool]:
    """Of each column, whether its cells are numbers, which are written to the right."""
    return {str(name): _are_numbers(table[name]) for name in table}


def _are_numbers(column: pd.Series) -> bool:
    cells = [cell for cell in column.astype(str) if cell not in (NONE, "", MORE_IMAGES)]
    return bool(cells) and all(NUMBER.match(cell) for cell in cells)
