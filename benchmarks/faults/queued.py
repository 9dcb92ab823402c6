"""Queued experiments, --temp, worktrees and clones: the code that runs is the copy's own.

The venv is shared and its editable install is another folder: PYTHONPATH stands for that here.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

import workspace
from project import Project, prepared
from trials import Trial, require

LEAST = 12
FILES = {"split/splits.py": "split", "training/loop.py": "train@mlp-0", "base/params.py": "split"}
"""Edited in the library, and a stage that imports it."""
OURS, OTHER = "ours", "other"


def trials(folder: Path) -> Iterator[Trial]:
    project = Project(folder)
    for number, (way, file) in enumerate(product((queue, temp, worktree, clone), FILES), 1):
        attempt = partial(own_code, project, folder / f"trace{number}", file, way, number)
        yield Trial(f"{way.__name__}, {file} edited", attempt)


Way = Callable[[Project, Path, str, str, int], None]


def own_code(project: Project, trace: Path, file: str, way: Way, number: int) -> None:
    """Each version of the file writes its name to `trace` as it is imported."""
    root = project.root
    workspace.commit(project.space, "before")
    try:
        mark(root, file, trace, OURS)
        way(project, trace, file, FILES[file], number)
        ran = set(trace.read_text().split()) if trace.exists() else set()
        require(ran, "the stage did not run")
        require(ran == {OURS}, f"the code that ran: {', '.join(sorted(ran))}")
    finally:
        project.space.run("git", "reset", "--quiet", "--hard", "HEAD")


def mark(root: Path, file: str, trace: Path, name: str) -> None:
    path = root / "src/archbench" / file
    text = path.read_text().partition("# mark\n")[0]
    line = f'__import__("pathlib").Path({str(trace)!r}).open("a").write("{name} ")'
    path.write_text(f"{text}# mark\n{line}\n")


def queue(project: Project, trace: Path, file: str, target: str, number: int) -> None:
    """Edited between `--queue` and `queue start`."""
    change = f"split_seed={number}"
    shell(project, "dvc", "exp", "run", "--queue", "-S", change, target)
    mark(project.root, file, trace, OTHER)
    shell(project, "dvc", "queue", "start")
    deadline = time.monotonic() + 120
    while "Queued" in (state := status(project)) or "Running" in state:
        require(time.monotonic() < deadline, f"the queue does not end: {state[-200:]}")
        time.sleep(0.5)
    shell(project, "dvc", "queue", "stop", "--kill")
    require("Success" in state, f"the experiment failed: {state[-200:]}")
    shell(project, "dvc", "queue", "remove", "--all")


def status(project: Project) -> str:
    return shell(project, "dvc", "queue", "status")


def temp(project: Project, trace: Path, file: str, target: str, number: int) -> None:
    installed = elsewhere(project, trace, file)
    change = f"split_seed={number}"
    shell(project, "dvc", "exp", "run", "--temp", "-S", change, target, source=installed)


def worktree(project: Project, trace: Path, file: str, target: str, number: int) -> None:
    copy = trace.with_name(f"worktree{number}")
    workspace.commit(project.space, "ours")
    shell(project, "git", "worktree", "add", "--quiet", "--detach", str(copy))
    repro(project, copy, trace, file, target)


def clone(project: Project, trace: Path, file: str, target: str, number: int) -> None:
    copy = trace.with_name(f"clone{number}")
    workspace.commit(project.space, "ours")
    shell(project, "git", "clone", "--quiet", str(project.root), str(copy))
    repro(project, copy, trace, file, target)


def repro(project: Project, copy: Path, trace: Path, file: str, target: str) -> None:
    """In the copy, as committed, while the project's own file is edited on."""
    mark(project.root, file, trace, OTHER)
    stages = (target, *prepared(copy))
    shell(project, "dvc", "repro", *stages, within=copy, source=project.root / "src")


def elsewhere(project: Project, trace: Path, file: str) -> Path:
    """Another folder's package, which has been edited."""
    other = trace.with_name(f"{trace.name}-other")
    project.space.run("git", "worktree", "add", "--quiet", "--detach", str(other))
    mark(other, file, trace, OTHER)
    return other / "src"


def shell(
    project: Project, *command: str, within: Path | None = None, source: Path | None = None
) -> str:
    environment = project.space._environment()
    environment["PYTHONPATH"] = str(source or project.root / "src")
    done = subprocess.run(
        command,
        cwd=within or project.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=180,
    )
    require(done.returncode == 0, f"{' '.join(command[:4])}: {done.stdout[-250:]}")
    return done.stdout
