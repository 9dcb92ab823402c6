"""A copy of the project in a folder of its own, made small enough to run in a test."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
TRACE = Path(__file__).parent / "trace"


@dataclass
class Done:
    status: int
    output: str

    @property
    def ran(self) -> list[str]:
        """The stages that DVC ran, in order."""
        return re.findall(r"Running stage '(.+?)'", self.output)


@dataclass
class Workspace:
    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *command: str, fails: bool = False) -> Done:
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert (done.returncode != 0) == fails, done.stdout
        return Done(done.returncode, done.stdout)

    def start(self, *command: str, stderr: int | IO[str] = subprocess.DEVNULL) -> subprocess.Popen:
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )

    def change(self, edit: Callable[[Any], None]) -> None:
        """Edit params.yaml, keeping its comments."""
        yaml, path = YAML(), self.root / "params.yaml"
        values = yaml.load(path)
        edit(values)
        yaml.dump(values, path)

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def _environment(self) -> dict[str, str]:
        """This interpreter; the stages find the copy's own source themselves."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return os.environ | {"PATH": path, "PYTHONPATH": str(TRACE)} | self.environment


def make(root: Path) -> Workspace:
    """Every file that git tracks or would track, committed to a repository of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists() and name != "dvc.lock":
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    workspace = Workspace(root)
    workspace.change(shrink)
    workspace.run("git", "init", "--quiet")
    commit(workspace, "a small copy")
    return workspace


def shrink(params: Any) -> None:
    """Two architectures, one of them narrow, on a few of the real images."""
    params["architectures"] = ["mlp", "se_resnet"]
    recipes = params["recipes"]["tuned"]
    recipes["shared"] |= {"epochs": 4, "train_images": 600}
    recipes["mlp"]["epochs"] = 4
    recipes["se_resnet"]["options"] = {"widths": [4, 8]}
    params["validation"] = 500  # they are predicted after every epoch
    params["gallery_tiles"] = 6


def commit(workspace: Workspace, message: str) -> None:
    workspace.run("git", "add", "--all")
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    workspace.run("git", *identity, "commit", "--quiet", "--allow-empty", "--message", message)
