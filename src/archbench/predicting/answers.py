"""What networks take pictures for, a row per picture, as a person or a program reads it."""

import json
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from archbench.base.predictions import Array

TOP = 3
"""Classes that an answer has at most."""


def answers(
    files: list[str], classes: list[str], trained: Array, calibrated: Array, threshold: float
) -> pd.DataFrame:
    """A row per file: the three likeliest classes with their calibrated probabilities.

    `trained` and `calibrated` are (files, classes). An answer is unsure if the network's own
    confidence is below `threshold`.
    """
    order = np.argsort(-calibrated, axis=1, kind="stable")[:, :TOP]
    columns: dict[str, Any] = {"file": files, "unsure": trained.max(1) < threshold}
    for rank, best in enumerate(order.T, 1):
        columns[f"class_{rank}"] = [classes[number] for number in best]
        columns[f"probability_{rank}"] = calibrated[np.arange(len(files)), best]
    return pd.DataFrame(columns)


def write(table: pd.DataFrame, output: str, *, first: bool) -> str:
    """`output` is text, csv or json: a line per picture; csv has a header before the `first`."""
    match output:
        case "csv":
            return table.to_csv(index=False, header=first, float_format="%.9g", lineterminator="\n")
        case "json":
            return "".join(f"{json.dumps(_nested(row))}\n" for row in table.to_dict("records"))
        case _:
            return "".join(f"{_line(row)}\n" for row in table.to_dict("records"))


def _line(row: dict[Hashable, Any]) -> str:
    top = ", ".join(f"{each['class']} {each['probability']:.1%}" for each in _classes(row))
    return f"{row['file']}: {top}{', unsure' if row['unsure'] else ''}"


def _nested(row: dict[Hashable, Any]) -> dict[str, Any]:
    return {"file": row["file"], "unsure": row["unsure"], "classes": _classes(row)}


def _classes(row: dict[Hashable, Any]) -> list[dict[str, Any]]:
    return [
        {"class": row[f"class_{rank}"], "probability": float(row[f"probability_{rank}"])}
        for rank in range(1, TOP + 1)
        if f"class_{rank}" in row
    ]
