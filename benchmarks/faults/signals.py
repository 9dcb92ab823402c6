"""Ctrl-C, SIGTERM and SIGHUP at random times, to dvc alone and to all that it started."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

from project import Project, Weights, end, life, trainer_of
from trials import Trial, chance, require

LEAST = 18
ROUNDS = 3
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NAME = "mlp"
TRIES = 20


def trials(folder: Path) -> Iterator[Trial]:
    project = Project(folder)
    expected, seconds = project.train(NAME), life(project, NAME)
    for number, (_, one, group) in enumerate(product(range(ROUNDS), SIGNALS, (False, True))):
        draw = partial(chance("signals", number).uniform, 0, seconds)
        where = "the process group" if group else "dvc"
        attempt = partial(interrupt, project, one, group, draw, expected)
        yield Trial(f"{one.name} to {where}", attempt)


def interrupt(
    project: Project,
    number: signal.Signals,
    group: bool,
    draw: Callable[[], float],
    expected: Weights,
) -> str:
    after = next((after for _ in range(TRIES) if (after := hit(project, number, group, draw))), 0)
    require(after, "dvc always ended on its own first")
    project.require_silence()
    if number == signal.SIGINT:
        require("Traceback" not in project.log, f"traceback: {project.log[-200:]}")
    project.recover(f"train@{NAME}-0")
    require(project.weights(NAME) == expected, f"other weights after {after:.2f} s")
    return f"after {after:.2f} s"


def hit(
    project: Project, number: signal.Signals, group: bool, draw: Callable[[], float]
) -> float | None:
    """Seconds after the training process appeared; None if dvc had ended before."""
    project.clear()
    dvc = project.start(f"train@{NAME}-0")
    try:
        trainer_of(dvc)
        time.sleep(after := draw())
        if dvc.poll() is not None:
            return None
        (os.killpg if group else os.kill)(dvc.pid, number)
        dvc.wait(60)
        return after
    finally:
        end(dvc)
