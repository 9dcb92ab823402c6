"""dvc.lock cut off at a random place, as by Ctrl-C while DVC writes it: make repro goes on."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from project import Project, Weights
from ruamel.yaml import YAML
from trials import Trial, chance, require

LEAST = 20
NAME = "mlp"


def trials(folder: Path) -> Iterator[Trial]:
    project = Project(folder)
    expected = project.train(NAME)
    project.clear()
    project.recover(f"train@{NAME}-0")
    whole = (project.root / "dvc.lock").read_bytes()
    for number in range(LEAST):
        size = 0 if number == 0 else chance("locks", number).randrange(len(whole))
        yield Trial(f"{size} of {len(whole)} bytes", partial(cut, project, whole[:size], expected))


def cut(project: Project, left: bytes, expected: Weights) -> str:
    lock = project.root / "dvc.lock"
    lock.write_bytes(left)
    said = project.recover(f"train@{NAME}-0")
    require(project.weights(NAME) == expected, "other weights")
    stages = YAML(typ="safe").load(lock)["stages"]
    require(f"train@{NAME}-0" in stages, "dvc.lock has no entry of the run")
    return "trained again" if "going on" in said or "epoch 1/" in said else "nothing was retrained"
