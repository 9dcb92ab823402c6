"""What runs on a node: the one-cell command, its lines sent home.

Ray sends this module's functions as they are, so a node needs the packages of requirements.txt and
nothing of this project: it takes the code from the work. Only the standard library is imported.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TAIL = 20
"""The last lines that a cell has printed, which a failure is told by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What all cells of a launch share."""

    root: Path
    """The project's folder on the machine that launches."""
    mark: Path
    """A file there; a node on which it has the text `commit` sees that folder."""
    commit: str
    threads: int
    gpus: float
    resume: Path | None = None
    """Where the state of unfinished cells lies; None: in the project's folder."""
    bundle: bytes = b""
    """For nodes that do not see the folder: the commit as a git bundle."""
    files: dict[str, str] = field(default_factory=dict)
    """Likewise, texts of files that git has not: what DVC has locked and where its remotes are."""
    inputs: tuple[str, ...] = ()
    """Likewise, what the cells depend on, to be pulled."""


class Board:
    """Collects what the cells print, for `launch` to take."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def say(self, cell: str, line: str) -> None:
        self.lines.append((cell, line))

    def take(self) -> list[tuple[str, str]]:
        taken, self.lines = self.lines, []
        return taken


def sees(mark: Path, text: str) -> bool:
    """Whether the file is there on this machine, and has that text."""
    try:
        return mark.read_text() == text
    except OSError:
        return False


def train(work: Work, cell: str, board: Any) -> tuple[int, list[str]]:
    """Exit status and last lines of a cell, whose every line goes to the actor `board`."""
    return run(work, cell, lambda line: board.say.remote(cell, line))


def run(work: Work, cell: str, say: Callable[[str], Any]) -> tuple[int, list[str]]:
    say("starting")
    shared = sees(work.mark, work.commit)
    root = work.root if shared else settle(work)
    command = [sys.executable, "-m", "archbench.cluster.cell", cell, "--commit", work.commit]
    command += ["--resume", str(work.resume)] if work.resume else []
    command += [] if shared else ["--push"]
    environment = os.environ | {
        "OMP_NUM_THREADS": str(work.threads),
        "PYTHONPATH": str(root / "src"),
        "ARCHBENCH_PARENT": str(os.getpid()),
    }
    if not work.gpus:
        environment["CUDA_VISIBLE_DEVICES"] = ""
    tail: deque[str] = deque(maxlen=TAIL)
    with subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # Ctrl-C is for `launch` to act on
    ) as process:
        assert process.stdout
        for line in process.stdout:
            tail.append(line.rstrip("\n"))
            say(tail[-1])
    return process.returncode, list(tail)


def settle(work: Work) -> Path:
    """The commit's code and what the cells depend on, in a folder that this node's cells share."""
    place = Path(tempfile.gettempdir()) / f"archbench-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    root = place / work.commit
    settled = root / ".dvc/tmp/settled"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            bundle, unfinished = place / "bundle", place / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            bundle.write_bytes(work.bundle)
            call(place, "git", "clone", "--quiet", str(bundle), str(unfinished))
            call(unfinished, "git", "checkout", "--quiet", "--detach", work.commit)
            unfinished.rename(root)
            bundle.unlink()
        if not sees(settled, work.files["dvc.lock"]):
            for name, text in work.files.items():
                (root / name).write_text(text)
            call(root, sys.executable, "-m", "dvc", "pull", *work.inputs)
            settled.write_text(work.files["dvc.lock"])
    return root


def call(folder: Path, *command: str) -> None:
    """Raises RuntimeError with what the command printed if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])}: {(done.stdout + done.stderr).strip()}")
