"""Reading and writing. A file appears at its final path whole or not at all."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it replaces `path` only if the block succeeds.

    The bytes are on the disk before the name is: a full disk or a kill leaves the old file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """NaN is refused: JSON has none, and `dvc metrics` would print it as a number."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


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


def read_table(path: Path, text: Sequence[str] = ()) -> pd.DataFrame:
    """The columns in `text` hold names: a class may be named `007`, `1e0` or `NA`."""
    types = dict.fromkeys(text, str)
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=types)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
