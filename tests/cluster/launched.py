"""`archbench launch` in a small copy of the project, started so that a test can disturb it."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pandas as pd
import psutil
import workspace
from test_kill import wait_for

LAUNCH = [sys.executable, "-m", "archbench.cli", "launch", "--cpus-per-cell", "1"]
MODELS = "data/models"


@dataclass
class Launched:
    process: subprocess.Popen
    log: Path
    root: Path

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait(self) -> int:
        return self.process.wait(timeout=300)

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def cell(self, name: str) -> psutil.Process:
        """The process of a cell's one-cell command."""
        (found,) = (one for one in psutil.process_iter() if is_cell(one, name, self.root))
        return found

    def pause(self, *names: str) -> None:
        """Each after its second epoch."""
        left = set(names)
        while left:
            wait_for(lambda: any(map(self.is_under_way, left)))
            for name in filter(self.is_under_way, names):
                for one in self.cell(name).children(recursive=True):
                    one.suspend()
                left.discard(name)

    def is_under_way(self, name: str) -> bool:
        """Whether the cell has finished two, and not all."""
        state = self.root.glob(f".resume/{name.removeprefix('train@')}-*/epoch-*.sha256")
        return any(int(path.stem.removeprefix("epoch-")) >= 2 for path in state)

    def worker(self, name: str) -> psutil.Process:
        """The process of Ray that runs the command."""
        parent = self.cell(name).parent()
        assert parent
        return parent


def is_cell(process: psutil.Process, name: str, root: Path) -> bool:
    try:
        command, folder = process.cmdline()[2:4], Path(process.cwd())
        return command == ["archbench.cluster.cell", name] and folder.is_relative_to(root)
    except psutil.Error:
        return False


def heed_ctrl_c() -> None:
    """What a shell starts in the background ignores it, and so do the tests' children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def start(project: workspace.Workspace, log: Path, *options: str) -> Iterator[Launched]:
    with (
        log.open("w") as file,
        subprocess.Popen(
            [*LAUNCH, *options],
            cwd=project.root,
            env=project._environment(),
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # as a terminal has it: Ctrl-C reaches the whole group
            preexec_fn=heed_ctrl_c,
        ) as process,
    ):
        try:
            yield Launched(process, log, project.root)
        finally:
            process.kill()


def found(root: Path) -> dict[str, str]:
    """All weights, learning curves and metrics, but for the columns that tell the time."""
    weights = {path: sha256(path.read_bytes()).hexdigest() for path in root.glob(f"{MODELS}/*/*/*")}
    curves = {path: untimed(path) for path in root.glob("data/runs/*/*/curve.csv")}
    metrics = [root / "metrics" / f"{folder.name}.json" for folder in root.glob(f"{MODELS}/*")]
    read = {path: path.read_text() for path in metrics if path.exists()}
    every = weights | curves | read
    return {str(path.relative_to(root)): content for path, content in every.items()}


def untimed(curve: Path) -> str:
    return pd.read_csv(curve).drop(columns=["seconds", "images_per_second"]).to_csv()


def train_alone(project: workspace.Workspace, *cells: str) -> None:
    """One after the other, anew, by DVC."""
    assert project.run("dvc", "repro", "--force", "--single-item", *cells).ran == [*cells]


def change(project: workspace.Workspace, name: str = "se_resnet", **values: float) -> None:
    """An architecture's recipe, committed: not in any cache, so its cells are to be trained.

    What earlier recipes have left unfinished goes.
    """
    shutil.rmtree(project.root / ".resume", ignore_errors=True)
    project.change(lambda params: params["recipes"]["tuned"][name].update(values))
    workspace.commit(project, f"another recipe for {name}: {values}")
