"""The state of an unfinished run, kept so that a killed run goes on where it was.

One file per finished epoch with its sha256 beside it; the last two are kept, and one whose
digest does not match (a flipped bit loads silently wrong) is removed.
"""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from archbench.base import files
from archbench.base.errors import Refused
from archbench.networks import weights as weights_file
from archbench.networks.weights import Weights

KEPT = "kept"


def fingerprint(request: dict[str, Any], inputs: Iterable[Path]) -> str:
    """Of everything that decides the result: two runs that share it may share their state."""
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode())
    for path in sorted(inputs):
        digest.update(files.sha256(path).encode())
    return digest.hexdigest()[:16]


@contextmanager
def exclusive(directory: Path) -> Iterator[Path]:
    """The directory, locked: two writers of one run would spoil it. Freed even by kill -9."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"{directory}: another process is training this very run") from None
        yield directory


def save(directory: Path, epoch: int, state: dict[str, Any]) -> None:
    """Keep the state after `epoch` (from 1) and the one before it, and show the curve so far."""
    path = _path(directory, epoch)
    with files.atomic(path) as temporary:
        torch.save(state, temporary)
    files.write_table(directory / "curve.csv", pd.DataFrame(state["curve"]))
    files.write_text(path.with_suffix(".sha256"), files.sha256(path))
    for suffix in (".pt", ".sha256"):
        _remove(_path(directory, epoch - 2).with_suffix(suffix))


def keep(directory: Path, epoch: int, weights: Weights) -> None:
    """Weights to be kept when the run has ended, whatever becomes of its state."""
    weights_file.write(directory / KEPT / f"epoch-{epoch:05d}.safetensors", weights)


def load(directory: Path) -> dict[str, Any] | None:
    """The newest state that is whole, on the CPU; None if there is none."""
    for path in sorted(directory.glob("epoch-*.pt"), reverse=True):
        if _is_whole(path):
            state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
            return state
        for other in (path, path.with_suffix(".sha256")):
            _remove(other)
    return None


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _is_whole(path: Path) -> bool:
    """A flipped bit may leave a digest that is no text, and a folder may lie in either's place."""
    try:
        return path.with_suffix(".sha256").read_bytes() == files.sha256(path).encode()
    except OSError:
        return False


def leave(directory: Path, models: Path) -> None:
    """The run has ended: what was to be kept goes to `models`, the rest goes."""
    for weights in sorted((directory / KEPT).glob("*")):
        shutil.move(weights, models / weights.name)
    shutil.rmtree(directory)


def _path(directory: Path, epoch: int) -> Path:
    return directory / f"epoch-{epoch:05d}.pt"
