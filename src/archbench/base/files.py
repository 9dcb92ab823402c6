"""Reading and writing. A file appears at its final path whole or not at all."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from archbench.base.errors import Refused


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it replaces `path` only if the block succeeds.

    The bytes are on the disk before the name is: a full disk or a kill leaves the old file.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except Exception:
        _refuse_unwritable(path, temporary)
        raise
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _refuse_unwritable(path: Path, temporary: Path) -> None:
    """torch and NumPy hide why a write failed ("unexpected pos"), so the disk is asked again."""
    try:
        with temporary.open("ab") as more:
            more.write(bytes(2**20))
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from None


def write_text(path: Path, text: str) -> None:
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """NaN is refused: JSON has none, and `dvc metrics` would print it as a number."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


CLASS_NAMES = ("class", "actual", "predicted", "guess")
"""The columns of every table that hold names of classes; `label` and `prediction` hold numbers."""

RESTORE = "`make verify` finds every damaged file and says how to restore it"


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {error}; {RESTORE}") from None


def write_record(path: Path, value: dict[str, Any]) -> None:
    """JSON that carries a digest of itself: a flipped bit may leave it valid and false."""
    write_json(path, value | {"digest": _digest(value)})


def read_record(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = read_json(path)
    if not isinstance(value, dict) or value.pop("digest", None) != _digest(value):
        raise Refused(f"{path} is damaged: its bytes have changed since it was written; {RESTORE}")
    return value


def _digest(value: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def write_array(path: Path, array: np.ndarray) -> None:
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def read_array(path: Path) -> np.ndarray:
    """Memory-mapped and read-only: only the pages that are used are read."""
    return np.load(path, mmap_mode="r", allow_pickle=False)


def write_table(path: Path, table: pd.DataFrame) -> None:
    """CSV. Nine significant digits hold a float32 exactly."""
    with atomic(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.9g", lineterminator="\n")


def read_table(path: Path) -> pd.DataFrame:
    """Columns of class names are read as text: a class may be named `007`, `1e0` or `NA`."""
    types = dict.fromkeys(CLASS_NAMES, str)
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=types)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, digest: str) -> None:
    """Refuse bytes that are not those that were written: DVC goes by a file's size and time."""
    try:
        found = sha256(path)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}; {RESTORE}") from None
    if found != digest:
        raise Refused(f"{path} is damaged: its bytes have changed since it was written; {RESTORE}")
