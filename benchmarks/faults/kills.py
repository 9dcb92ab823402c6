"""kill -9 at random times: nothing outlives dvc, and the next repro ends in the same weights."""

import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

from project import ARCHITECTURES, Project, Weights, alive, end, life, trainer_of
from trials import Trial, chance, require

LEAST = 50
ROUNDS = 6
VICTIMS = ("dvc", "training", "both")
TRIES = 20
"""Times drawn until one comes before the victim's own end."""


def trials(folder: Path) -> Iterator[Trial]:
    project = Project(folder)
    expected = {name: project.train(name) for name in ARCHITECTURES}
    seconds = {name: life(project, name) for name in ARCHITECTURES}
    for number, (_, name, victim) in enumerate(product(range(ROUNDS), ARCHITECTURES, VICTIMS)):
        draw = partial(_draw, chance("kills", number), seconds[name])
        attempt = partial(kill, project, name, victim, draw, expected[name])
        yield Trial(f"{victim} of {name}", attempt)


def _draw(random: random.Random, seconds: float) -> float:
    """Every second one in the last half, when training writes its states."""
    return random.uniform(random.choice((0, seconds / 2)), seconds)


def kill(
    project: Project, name: str, victim: str, draw: Callable[[], float], expected: Weights
) -> str:
    after = next((after for _ in range(TRIES) if (after := hit(project, name, victim, draw))), None)
    require(after, f"{victim} always ended on its own first")
    project.require_silence()
    said = project.recover(f"train@{name}-0")
    require(project.weights(name) == expected, f"other weights after a kill at {after:.2f} s")
    how = "went on" if "going on after epoch" in said else "began again"
    return f"after {after:.2f} s; {how}"


def hit(project: Project, name: str, victim: str, draw: Callable[[], float]) -> float | None:
    """Seconds after the training process appeared; None if the victim had ended before."""
    project.clear()
    dvc = project.start(f"train@{name}-0")
    try:
        trainer, after = trainer_of(dvc), draw()
        time.sleep(after)
        if dvc.poll() is not None or (victim != "dvc" and not alive(trainer)):
            return None
        if victim != "training":
            dvc.kill()
        if victim != "dvc":
            trainer.kill()
        require(dvc.wait(60) != 0, "dvc ended as if nothing had happened")
        return after
    finally:
        end(dvc)
