"""`archbench launch` in a small copy of the project, started so that a test can disturb it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import workspace
from test_kill import wait_for

LAUNCH = [sys.executable, "-m", "archbench.cli", "launch", "--cpus-per-cell", "1"]


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


def start(project: workspace.Workspace, log: Path, *options: str) -> Launched:
    with log.open("w") as file:
        process = subprocess.Popen(
            [*LAUNCH, *options],
            cwd=project.root,
            env=project._environment(),
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # as a terminal has it: Ctrl-C reaches the whole group
        )
    return Launched(process, log, project.root)


def wait_for_epoch(project: workspace.Workspace, cell: str, epoch: int) -> None:
    pattern = f"{cell.removeprefix('train@')}-*/epoch-{epoch:05d}.sha256"
    wait_for(lambda: list((project.root / ".resume").glob(pattern)))


def weights(root: Path) -> dict[str, bytes]:
    folder = root / "data/models"
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*.safetensors")}


def alone(project: workspace.Workspace, *cells: str) -> dict[str, bytes]:
    """The weights of the cells, trained anew one after the other by DVC, with one thread."""
    project.run("dvc", "repro", "--force", "--single-item", *cells)
    return weights(project.root)


def change(project: workspace.Workspace, lr: float, epochs: int = 4, images: int = 600) -> None:
    """Of se_resnet's recipe, committed: not in any cache, so its cell is to be trained."""
    own = {"lr": lr, "epochs": epochs, "train_images": images}
    project.change(lambda params: params["recipes"]["tuned"]["se_resnet"].update(own))
    workspace.commit(project, f"another recipe: {own}")
