"""The report's tables, written as they are read."""

from typing import Any

import numpy as np
import pandas as pd

from archbench.base.records import RunRecord
from archbench.report.words import accuracy_title, interval, training

DISTURBED = 2.0
"""The slowest epoch's time over the fastest's, from which on other work is to blame."""


def comparison(numbers: pd.DataFrame, runs: list[RunRecord], ranks: pd.DataFrame) -> pd.DataFrame:
    """A row per architecture, best first."""
    places = ranks.set_index("architecture")
    best_epochs = {
        name: ", ".join(_best_epoch(run) for run in runs if run.architecture == name)
        for name in numbers.index
    }
    return pd.DataFrame(
        [
            {
                "architecture": name,
                accuracy_title(numbers): interval(row),
                "rank": rank(places.loc[name]),
                "seeds": _seeds(row),
                "loss (nats)": f"{row['loss']:.3f}",
                "macro F1": percent(row["f1_macro"]),
                "scaled ECE": _scaled_ece(row),
                "ECE by chance": percent(row["scaled_ece_floor"]),
                "parameters": _millions(row),
                "images × epochs": training(row),
                "training": _duration(row),
                "best epoch": best_epochs[name],
            }
            for name, row in ranked(numbers)
        ]
    )


def _scaled_ece(row: Any) -> str:
    low, high = (100 * row[f"scaled_ece_{end}"] for end in ("low", "high"))
    return f"{percent(row['scaled_ece'])} [{low:.1f}, {high:.1f}]"


COSTS_NOTE = (
    "GFLOPs: one image's forward pass, a multiply-accumulate counting as two. PFLOP: all of the "
    "training, forward and backward. Images/s: of the median step. Memory: the most that training "
    f"held. Disturbed: one epoch took over {DISTURBED:.0f} times as long as another for as many "
    "pixels, so other work was on the machine."
)


def costs(numbers: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "architecture": name,
                "parameters": _millions(row),
                "GFLOPs/image": f"{row['gflops']:.3g}",
                "training": _duration(row),
                "images/s": f"{row['images_per_second']:,.0f}",
                "PFLOP": f"{row['train_petaflop']:.2g}",
                "memory": f"{row['peak_memory_gb']:.1f} GB",
                "device": row["device"],
            }
            for name, row in ranked(numbers)
        ]
    )


def _millions(row: Any) -> str:
    return f"{row['parameters'] / 1e6:.2f} M"


def ranked(numbers: pd.DataFrame) -> Any:
    return numbers.sort_values("accuracy", ascending=False).iterrows()


def percent(share: float) -> str:
    return "-" if pd.isna(share) else f"{100 * share:.1f} %"


def _seeds(row: Any) -> str:
    """How many, and the standard deviation of their accuracies in points."""
    return "1" if row["seeds"] == 1 else f"{row['seeds']}, sd {100 * row['accuracy_sd']:.2f}"


def _best_epoch(run: RunRecord) -> str:
    why = f" ({run.stopped})" if run.stopped else ""
    return f"{run.best_epoch} of {run.epochs}{why}"


def _duration(row: Any) -> str:
    """Always in seconds: a column is sorted by its numbers."""
    mark = ", disturbed" if row["seconds_spread"] > DISTURBED else ""
    return f"{row['train_seconds']:,.0f} s{mark}"


def rank(places: Any) -> str:
    """The ranks that an architecture may have."""
    best, worst = (int(places[end]) for end in ("best_rank", "worst_rank"))
    return f"{best}" if best == worst else f"{best}–{worst}"


def pairs(pairwise: pd.DataFrame) -> pd.DataFrame:
    """With fewer than three seeds nothing is known of more."""
    table = pd.DataFrame(
        [
            {
                "pair": f"{row['first']} − {row['second']}",
                "points": f"{100 * row['difference']:.2f}",
                "95 % interval, all pairs": f"[{100 * row['low']:.2f}, {100 * row['high']:.2f}]",
                "p": _p(row["p"]),
                "detectable": f"{100 * row['detectable']:.2f}",
                "detectable, any seeds": "-"
                if pd.isna(row["floor"])
                else f"{100 * row['floor']:.2f}",
                "seeds needed": _needed(row["seeds_needed"]),
                "verdict": row["verdict"],
            }
            for _, row in pairwise.iterrows()
        ]
    )
    unknown = ["detectable, any seeds", "seeds needed"] if pairwise["floor"].isna().all() else []
    return table.drop(columns=unknown, errors="ignore")


def _needed(seeds: float) -> str:
    if pd.isna(seeds):
        return "-"
    return f"{seeds:.0f}" if np.isfinite(seeds) else "more images"


def robustness(means: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracy over all corruptions and severities, best first."""
    return pd.DataFrame(
        [
            {"architecture": row["architecture"], "mean accuracy": interval(row)}
            for _, row in means.sort_values("accuracy", ascending=False).iterrows()
        ]
    )


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


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
            for name, row in ranked(numbers)
        ]
    )


def _change(row: Any, name: str) -> str:
    return f"{100 * row[name]:.1f} → {percent(row[f'scaled_{name}'])}"


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
            for name, row in ranked(numbers)
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
            for _, row in without.sort_values("accuracy", ascending=False).iterrows()
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
    table = written.pivot(index="rank", columns="architecture", values="pair").fillna("-")
    return table.rename_axis(columns=None).reset_index()
