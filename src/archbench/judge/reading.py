"""Files → sheets, one per run. The ending says the format: .csv, .json, .npy or .npz."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archbench.base.params import shown
from archbench.judge import table
from archbench.judge.sheet import Sheet, checked, printable, refuse, refuse_row, texts


def read(path: Path) -> list[Sheet]:
    """A file's runs: one, but for a CSV with a column `seed`. Refused if it cannot be read."""
    source, kind = printable(path), path.suffix.lower()
    if not path.is_file():
        refuse(source, "there is no such file")
    if kind not in FORMATS:
        refuse(source, f"should end in one of {', '.join(FORMATS)}")
    try:
        return FORMATS[kind](path, source)
    except OverflowError:
        refuse(source, "has a number that is too large for a probability")
    except OSError as error:
        refuse(source, f"cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        refuse(source, f"cannot be read as UTF-8: {error.reason} at byte {error.start}")


def _json(path: Path, source: str) -> list[Sheet]:
    """A list of classes, or a list of lists of probabilities."""
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        refuse(source, f"is no JSON: {error}")
    if not isinstance(values, list):
        refuse(source, "should be a list of classes, or of lists of probabilities")
    if values and isinstance(values[0], list):
        return [Sheet(source=source, probabilities=_matrix(values, source))]
    return [Sheet(source=source, classes=texts(values, source))]


def _matrix(rows: list[Any], source: str) -> NDArray[np.float64]:
    width = len(rows[0])
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != width:
            refuse_row(source, number, row, f"should be a list of {width} probabilities")
        for value in row:
            if isinstance(value, bool) or not isinstance(value, int | float):
                refuse_row(source, number, value, "should be a probability")
    return checked(rows, source)


def _npy(path: Path, source: str) -> list[Sheet]:
    return [_sheet({"": _load(path, source)}, source)]


def _npz(path: Path, source: str) -> list[Sheet]:
    """Arrays by name: `index` and `label` if they are there, and one of predictions."""
    with _load(path, source) as archive:
        try:
            return [_sheet({name: archive[name] for name in archive.files}, source)]
        except (ValueError, EOFError, zipfile.BadZipFile) as error:
            refuse(source, f"cannot be read: {error}")


def _load(path: Path, source: str) -> Any:
    """Without pickles, which run code."""
    kind = np.ndarray if path.suffix.lower() == ".npy" else np.lib.npyio.NpzFile
    try:
        loaded = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        refuse(source, f"cannot be read: {error}")
    if not isinstance(loaded, kind):
        refuse(source, f"is no {path.suffix} file, whatever its name says")
    return loaded


def _sheet(arrays: Mapping[str, NDArray[Any]], source: str) -> Sheet:
    others = {name: array for name, array in arrays.items() if name not in ("index", "label")}
    if len(others) > 1:
        refuse(source, f"has the arrays {shown(list(others))}: should have one of predictions")
    given = {
        name: texts(arrays[name].tolist(), source) for name in ("index", "label") if name in arrays
    }
    predictions = next(iter(others.values()), None)
    values: dict[str, Any] = {}
    if predictions is not None and predictions.ndim == 1 and predictions.dtype.kind in "iufU":
        values["classes"] = texts(predictions.tolist(), source)
    elif predictions is not None and predictions.ndim == 2 and predictions.dtype.kind in "iuf":
        values["probabilities"] = checked(predictions, source)
    elif predictions is not None:
        form = f"{predictions.dtype} of shape {predictions.shape}"
        refuse(source, f"{form}: should be (images,) classes or (images, classes) probabilities")
    return Sheet(source=source, index=given.get("index"), labels=given.get("label"), **values)


FORMATS = {".csv": table.read, ".json": _json, ".npy": _npy, ".npz": _npz}
