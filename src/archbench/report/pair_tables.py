"""Differences between two architectures, as a matrix of few and as a list of all."""

import numpy as np
import pandas as pd

from archbench.report.words import p_value
from archbench.style.quantities import NONE, ends, points

MORE_IMAGES = "more images"
"""What stands for a number of seeds where no number is enough."""


def pair_matrix(pairwise: pd.DataFrame) -> pd.DataFrame:
    """The first less the second, in points, with its interval and verdict: a row per first.

    Below the diagonal nothing is repeated.
    """
    firsts, seconds = (list(pairwise[end].unique()) for end in ("first", "second"))
    cells = pd.DataFrame("", index=firsts, columns=seconds)
    for _, row in pairwise.iterrows():
        gap = f"{points(row['difference'])} {ends(row['low'], row['high'])}"
        cells.loc[row["first"], row["second"]] = f"{gap}\n{_short(row['verdict'])}"
    return cells.rename_axis("row − column").reset_index()


def _short(verdict: str) -> str:
    """Without whom it is of, which the note says, and without the margin."""
    return verdict.removeprefix("these networks ").removeprefix("are ").split(" within")[0]


def pairs(pairwise: pd.DataFrame) -> pd.DataFrame:
    """With fewer than three seeds nothing is known of more."""
    table = pd.DataFrame(
        [
            {
                "pair": f"{row['first']} − {row['second']}",
                "points": points(row["difference"], 2),
                "95 % interval, all pairs": ends(row["low"], row["high"], 2),
                "p": p_value(row["p"]),
                "detectable": points(row["detectable"], 2),
                "detectable, any seeds": _or_none(row["floor"]),
                "seeds needed": _needed(row["seeds_needed"]),
                "verdict": row["verdict"],
            }
            for _, row in pairwise.iterrows()
        ]
    )
    unknown = ["detectable, any seeds", "seeds needed"] if pairwise["floor"].isna().all() else []
    return table.drop(columns=unknown, errors="ignore")


def _or_none(floor: float) -> str:
    return NONE if pd.isna(floor) else points(floor, 2)


def _needed(seeds: float) -> str:
    if pd.isna(seeds):
        return NONE
    return f"{seeds:.0f}" if np.isfinite(seeds) else MORE_IMAGES
