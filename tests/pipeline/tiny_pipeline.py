"""Two stages that take no time, with a file and a folder among their outs, in a repository."""

import subprocess
import sys
from contextlib import chdir
from pathlib import Path

from dvc.repo import Repo

from archbench.base import files

DVC_YAML = """\
stages:
  first:
    cmd: echo x >> runs && mkdir -p out && echo one > out/one && echo two > out/two
    deps: [source]
    outs: [out]
  second:
    cmd: echo x >> runs && cp out/one copy
    deps: [out]
    params: [knob]
    outs: [copy]
"""


def make(root: Path) -> None:
    """After its first run; `runs` has a line for every stage that ever ran."""
    git(root, "init", "--quiet")
    for name, text in {"dvc.yaml": DVC_YAML, "source": "s\n", "params.yaml": "knob: 1\n"}.items():
        files.write_text(root / name, text)
    with chdir(root), Repo.init() as repo:  # a dvc of its own would take seconds to start
        repo.reproduce()
    assert runs(root) == 2


def runs(root: Path) -> int:
    return len((root / "runs").read_text().splitlines())


def dvc(root: Path, *arguments: str) -> str:
    return run(root, "dvc", *arguments)


def git(root: Path, *arguments: str) -> str:
    return run(root, "git", "-c", "user.name=test", "-c", "user.email=test@example.org", *arguments)


def run(root: Path, *command: str, status: int = 0) -> str:
    """What it printed. Programs are this interpreter's."""
    path = Path(sys.executable).parent / command[0]
    first = str(path) if path.exists() else command[0]
    done = subprocess.run([first, *command[1:]], cwd=root, capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout
