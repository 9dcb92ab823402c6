"""A stage's script in a fork of this process, which has its modules already: 0.3 s, not 5."""

import importlib
import os
import runpy
import sys
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from trials import ROOT, require

STAGES = ROOT / "stages"
TRACEBACK = "Traceback (most recent call last)"
LONGEST_LINE = 400
FEW = 2
"""Lines of a refusal: what is wrong, and how to go back."""


class Done(NamedTuple):
    status: int | None
    """None: it did not end in time, and was killed."""
    output: str


def nothing() -> None:
    pass


def run(
    root: Path, name: str, *arguments: str, before: Callable[[], None] = nothing, limit: float = 60
) -> Done:
    """`before` is called in the process first; `limit` in seconds."""
    with TemporaryFile("w+", errors="replace") as log:
        told = (root, name, arguments, before, log.fileno())
        process = get_context("fork").Process(target=_child, args=told)
        process.start()
        process.join(limit)
        status = process.exitcode
        if status is None:
            process.kill()
            process.join()
        log.seek(0)
        return Done(status, log.read())


def _child(
    root: Path, name: str, arguments: tuple[str, ...], before: Callable[[], None], log: int
) -> None:
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115 - as under DVC, nobody answers
    os.chdir(root)
    before()
    script = STAGES / f"{name}.py"
    sys.argv = [str(script), *arguments]
    sys.path.insert(0, str(STAGES))  # as Python does for a script, and runpy does not
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    runpy.run_path(str(script), run_name="__main__")


def warm(*modules: str) -> None:
    """Import what a stage will; the forks share it."""
    for name in modules:
        importlib.import_module(f"archbench.{name}")


def require_refusal(done: Done, *named: str, lines: int = FEW) -> None:
    """Status 2 and a few short lines of which the first has one of the words `named`."""
    require(done.status is not None, "it did not end")
    require(TRACEBACK not in done.output, f"traceback: {done.output[-200:]}")
    require(done.status == 2, f"status {done.status}: {done.output[-200:]}")
    said = done.output.strip().splitlines()
    require(1 <= len(said) <= lines, f"{len(said)} lines: {done.output[:200]}")
    longest = max(map(len, said))
    require(longest < LONGEST_LINE, f"a line of {longest} characters: {done.output[:100]}")
    if named:
        require(any(word in said[0] for word in named), f"{named[0]} is not named: {said[0]}")
