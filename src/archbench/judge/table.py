"""A CSV of predictions → its sheets.

A column `prediction`, or the only one, has a class per image. Otherwise each column is a class,
with its probabilities. `index`, `label` and archbench's own columns mean what they mean in
`data/evaluation/<architecture>/predictions.csv`.
"""

import csv
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.errors import EmptyDataError, ParserError, ParserWarning

from archbench.base.params import shown
from archbench.base.predictions import PROBABILITY
from archbench.judge.classes import whole
from archbench.judge.sheet import Sheet, checked, refuse, refuse_row, texts

PREDICTION = "prediction"
OWN = ("index", "label")
BESIDE_PREDICTION = (PREDICTION, "seed", "confidence")


def read(path: Path, source: str) -> list[Sheet]:
    """One sheet, or one for each `seed` where a column has them."""
    first = _first_line(path, source)
    names = None if _are_data(first) else first
    frame = _frame(path, names, len(first), source)
    if PREDICTION not in frame or "seed" not in frame:
        return [_sheet(frame, names is not None, source)]
    return [
        _sheet(rows, names is not None, f"{source}, seed {shown(str(seed))}")
        for seed, rows in frame.groupby("seed", sort=False)
    ]


def _first_line(path: Path, source: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            cells = [cell.strip() for cell in next(csv.reader(file), [])]
        except csv.Error as error:
            refuse(source, f"is no CSV: {error}")
    if not any(cells):
        refuse(source, "is empty, or begins with an empty line")
    return cells


def _are_data(cells: list[str]) -> bool:
    """One number, or several that number no classes: 0, 1, 2, … are names of columns."""
    try:
        numbers = [float(cell) for cell in cells]
    except ValueError:
        return False
    wholes = {whole(cell) for cell in cells}
    return len(numbers) == 1 or None in wholes or len(wholes) < len(cells)


def _frame(path: Path, names: list[str] | None, width: int, source: str) -> pd.DataFrame:
    """The columns of classes and of places as text, those of probabilities as they read."""
    for name in names or []:
        if names and names.count(name) > 1:
            refuse(source, f"has the column {shown(name)} twice")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ParserWarning)  # rows that are longer than the header
            return pd.read_csv(
                path,
                header=None if names is None else 0,
                names=names or list(map(str, range(width))),
                index_col=False,
                dtype=str if width == 1 else dict.fromkeys((PREDICTION, *OWN), str),
                keep_default_na=False,
                low_memory=False,
                encoding="utf-8-sig",
            )
    except EmptyDataError:
        refuse(source, "is empty")
    except (ParserError, ParserWarning, ValueError) as error:
        refuse(source, f"is no CSV: {' '.join(str(error).split())}")


def _sheet(frame: pd.DataFrame, named: bool, source: str) -> Sheet:
    beside = BESIDE_PREDICTION if PREDICTION in frame else ()
    rest = [str(name) for name in frame if name not in (*OWN, *beside)]
    given = {name: texts(frame[name], source) for name in (*OWN, PREDICTION) if name in frame}
    values: dict[str, Any] = {"classes": given.get(PREDICTION)}
    if beside:
        rest = [name for name in rest if name.startswith(PROBABILITY)]
    if len(rest) == 1 and not beside:
        values = {"classes": texts(frame[rest[0]], source)}
    elif rest:
        columns = [name.removeprefix(PROBABILITY) if beside else name for name in rest]
        probabilities = checked(_numbers(frame[rest], source), source)
        values = {"probabilities": probabilities, "columns": columns if named else None}
    return Sheet(source=source, index=given.get("index"), labels=given.get("label"), **values)


def _numbers(frame: pd.DataFrame, source: str) -> NDArray[np.float64]:
    """(images, classes). Refuses the first cell that is no number."""
    for name in frame:
        column = frame[name]
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            numbers = pd.to_numeric(column.astype(str), errors="coerce").to_numpy(np.float64)
            for row in np.flatnonzero(np.isnan(numbers))[:1]:
                value = str(column.iloc[row])
                refuse_row(source, int(row), value, f"column {shown(name)}: is no number")
    return frame.to_numpy(np.float64)
