"""The state of an unfinished run, saved so that a killed run resumes where it was.

Each epoch has one file, with its sha256 beside it, and the last two are kept. A file whose digest
does not match is removed, since torch loads a flipped bit without an error.
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
    """16 hexadecimal digits of all that decides a result: runs that share them may share states.

    `request` is JSON; of `inputs` the files' contents count.
    """
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode())
    for path in sorted(inputs):
        digest.update(files.sha256(path).encode())
    return digest.hexdigest()[:16]


@contextmanager
def lock(directory: Path) -> Iterator[Path]:
    """Make the directory and lock it; even kill -9 frees the lock.

    Refused while another process holds it: two would overwrite each other's states.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"{directory}: another process is training this very run") from None
        yield directory


def save(directory: Path, epoch: int, state: dict[str, Any]) -> None:
    """Save the state after `epoch` (from 1) and its curve as a table; remove the last but one."""
    path = _path(directory, epoch)
    with files.atomic(path) as temporary:
        torch.save(state, temporary)
    files.write_table(directory / "curve.csv", pd.DataFrame(state["curve"]))
    files.write_text(path.with_suffix(".sha256"), files.sha256(path))
    for suffix in (".pt", ".sha256"):
        _remove(_path(directory, epoch - 2).with_suffix(suffix))


def keep_weights(directory: Path, epoch: int, weights: Weights) -> None:
    """Weights that `finish` moves to the run's models."""
    weights_file.write(directory / KEPT / f"epoch-{epoch:05d}.safetensors", weights)


def load(directory: Path) -> dict[str, Any] | None:
    """The newest state whose digest matches, on the CPU; None if there is none."""
    for path in sorted(directory.glob("epoch-*.pt"), reverse=True):
        if _is_intact(path):
            state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
            return state
        for other in (path, path.with_suffix(".sha256")):
            _remove(other)
    return None


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _is_intact(path: Path) -> bool:
    """Whether the digest matches. It is compared as bytes, since a damaged one may be no text."""
    try:
        return path.with_suffix(".sha256").read_bytes() == files.sha256(path).encode()
    except OSError:
        return False


def finish(directory: Path, models: Path) -> None:
    """At the end of a run: move the weights that were kept to `models`, remove the rest."""
    for weights in sorted((directory / KEPT).glob("*")):
        shutil.move(weights, models / weights.name)
    shutil.rmtree(directory)


def _path(directory: Path, epoch: int) -> Path:
    return directory / f"epoch-{epoch:05d}.pt"
