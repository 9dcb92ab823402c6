"""Who is compared: the architectures that were trained here, and after them the external models."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from archbench.base import files, paths

FOLDER = paths.DATA / "external_predictions"
NAMES = FOLDER / "names.json"


def table(name: str, kind: str) -> Path:
    """Of an external model, as `paths.evaluation` has it of an architecture."""
    return FOLDER / name / f"{kind}.csv"


def numbers(name: str) -> Path:
    return FOLDER / name / "numbers.json"


def read_tables(kind: str, architectures: Sequence[str]) -> dict[str, pd.DataFrame]:
    """By name: of the kinds that stage external writes."""
    each = {name: paths.evaluation(name, kind) for name in architectures}
    each |= {name: table(name, kind) for name in files.read_json(NAMES)}
    return {name: files.read_table(path) for name, path in each.items()}


def read_numbers(architectures: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By name; an external model has fewer, and `external` among them."""
    each = {name: paths.numbers(name) for name in architectures}
    each |= {name: numbers(name) for name in files.read_json(NAMES)}
    return {name: files.read_json(path) for name, path in each.items()}
