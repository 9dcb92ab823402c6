"""A trial is a DVC experiment that runs stage train alone, so it is judged on validation images."""

import json
import subprocess
from dataclasses import asdict
from typing import Any

from archbench.base import paths
from archbench.base.errors import Refused
from archbench.repository import experiments_of_head, open_at
from archbench.tuning.space import Setting

DIVERGED = "training diverged"
"""What stage train says of a loss that is no longer finite."""
OF_THE_RUN = ("train_seconds", "train_petaflop", "threads", "device")


def refuse_changes() -> None:
    """Refused if tracked files differ from git's last commit, whose experiments the trials are."""
    status = ["git", "status", "--porcelain", "--untracked-files=no"]
    changed = subprocess.run(status, capture_output=True, text=True, check=True).stdout
    if changed:
        file = changed.splitlines()[0][3:]
        raise Refused(f"{file} has changes: trials are experiments of a commit, so commit first")


def name_of(architecture: str, number: int) -> str:
    """Of a trial's experiment."""
    return f"tune-{architecture}-{number}"


def run(recipe: str, architecture: str, seed: int, number: int, setting: Setting) -> dict[str, Any]:
    """A row: the trial's setting, its validation accuracy, and what it took.

    It is read from the experiment of its name, which is run if git's last commit has none. `recipe`
    is the dotted key of the architecture's recipe. A training that diverges has accuracy 0.
    Refused if it fails otherwise.
    """
    name = name_of(architecture, number)
    row = {"architecture": architecture, "trial": number, **asdict(setting)}
    if name not in experiments_of_head():
        matrix = [f"architectures=[{architecture}]", f"seeds=[{seed}]"]
        changes = [f"--set-param={each}" for each in matrix + setting.overrides(recipe)]
        target = f"train@{architecture}-{seed}"
        command = ["dvc", "exp", "run", "--temp", "--name", name, *changes, target]
        done = subprocess.run(command, capture_output=True, text=True)
        if DIVERGED in done.stdout + done.stderr:
            return row | {"validation_accuracy": 0.0} | dict.fromkeys(OF_THE_RUN)
        if done.returncode:
            raise Refused(f"{name} failed:\n{done.stdout}{done.stderr}".rstrip())
    with open_at(experiments_of_head()[name], str(paths.run(architecture, seed)), "train") as file:
        record = json.load(file)
    reached = {"validation_accuracy": record["best_validation_accuracy"]}
    return row | reached | {key: record[key] for key in OF_THE_RUN}
