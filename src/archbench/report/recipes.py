"""The settings of the runs, side by side."""

from typing import Any

import pandas as pd

from archbench.base.records import RunRecord

OFF = ("none", "0", "0.0", "False")


def recipes(runs: list[RunRecord]) -> tuple[dict[str, str], pd.DataFrame]:
    """The settings that all architectures share, and a table of those in which they differ.

    Of the shared ones only what is on: the rest is long and says nothing.
    """
    flat = {run.architecture: _flatten(run.hyperparameters) for run in runs}
    table = pd.DataFrame(flat).fillna("-").sort_index()
    same = table.nunique(axis=1) == 1
    shared = {str(key): str(value) for key, value in table[same].iloc[:, 0].items()}
    shared = {key: value for key, value in shared.items() if value not in OFF}
    return shared, table[~same].rename_axis("setting").reset_index()


def _flatten(recipe: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in recipe.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = "none" if value is None else str(value)
    return flat
