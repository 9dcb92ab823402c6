"""Who is compared: the architectures that were trained here, and after them the external models."""

from collections.abc import Iterator, Mapping, Sequence
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


class Tables(Mapping[str, pd.DataFrame]):
    """Of files by name. A table is read whenever it is asked for, so that no more than one is
    held: the predictions of 50 architectures × 20 seeds are 1.5 GB of text."""

    def __init__(self, places: Mapping[str, Path]) -> None:
        self.places = places

    def __getitem__(self, name: str) -> pd.DataFrame:
        return files.read_table(self.places[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


def tables(kind: str, architectures: Sequence[str]) -> Tables:
    """By name: of the kinds that stage external writes."""
    each = {name: paths.evaluation(name, kind) for name in architectures}
    return Tables(each | {name: table(name, kind) for name in files.read_json(NAMES)})


def read_tables(kind: str, architectures: Sequence[str]) -> dict[str, pd.DataFrame]:
    return dict(tables(kind, architectures))


def read_numbers(architectures: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By name; an external model has fewer, and `external` among them."""
    each = {name: paths.numbers(name) for name in architectures}
    each |= {name: numbers(name) for name in files.read_json(NAMES)}
    return {name: files.read_json(path) for name, path in each.items()}
