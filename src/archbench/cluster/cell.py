"""Train one cell in a clone of its own: `python -m archbench.cluster.cell train@mlp-0`.

What a worker of any engine runs, in the project's folder, once what comes before training has run
there. Afterwards DVC's run cache has the cell: `archbench launch` and `dvc repro` find it there.
OMP_NUM_THREADS is the number of threads, which decides a result's last bits.
"""

import argparse
import ctypes
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from dvc.cli import main as dvc
from dvc.exceptions import DvcException
from dvc.repo import Repo

from archbench.base import errors
from archbench.base.errors import Refused
from archbench.cluster import clones
from archbench.cluster.read_once import params_read_once

PATIENCE = 60.0
"""Seconds to wait for the process of a lost worker to be gone."""
PARENT = "ARCHBENCH_PARENT"
"""The process that this one must not outlive, if there is one."""
_PR_SET_PDEATHSIG = 1


def main(cell: str, commit: str, resume: Path, push: bool) -> None:
    die_with_parent()
    root = Path.cwd()
    # stages call `python`: it should be this one
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with (
        lock(root, cell),
        clones.clone(root, cell, commit, resume=resume, own_cache=push) as made,
        chdir(made),
    ):
        train(root, cell)
        if push and (status := dvc(["push", "--run-cache", cell])):
            raise SystemExit(status)


def train(root: Path, cell: str) -> None:
    """Like `dvc repro --single-item`, but without building the graph of all stages first."""
    with params_read_once(), Repo() as repo, repo.lock:
        stage = clones.stage_of(repo, cell)
        clones.link_inputs(root, stage)
        try:
            stage.reproduce()
        except DvcException as error:
            raise SystemExit(f"{cell}: {error}") from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        stage.dump(update_pipeline=False)


def die_with_parent() -> None:
    """A worker that is killed leaves no training behind: Linux sends SIGKILL as its parent ends."""
    if PARENT in os.environ and sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(os.environ[PARENT]):  # it ended before we asked
            raise SystemExit("the worker that started this cell has ended")


@contextmanager
def lock(root: Path, cell: str) -> Iterator[None]:
    """Even kill -9 frees it. Refused if another process keeps it: it trains the same cell."""
    path = root / clones.PLACE / f"{cell}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + PATIENCE
    with path.open("w") as file:
        while not _locked(file.fileno()):
            if time.monotonic() > deadline:
                raise Refused(f"{cell}: another process is training it")
            time.sleep(0.2)
        yield


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("cell", metavar="train@ARCHITECTURE-SEED")
    parser.add_argument("--commit", default="HEAD", help="what is trained (default: %(default)s)")
    parser.add_argument(
        "--resume",
        type=Path,
        default=clones.RESUME,
        metavar="FOLDER",
        help="where the state of unfinished cells lies (default: %(default)s)",
    )
    parser.add_argument(
        "--push", action="store_true", help="push the cell to DVC's default remote afterwards"
    )
    options = parser.parse_args()
    errors.run(main, options.cell, options.commit, options.resume, options.push)
