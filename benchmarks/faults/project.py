"""A copy of the project in which everything is tiny, and its runs known bit for bit.

Three architectures learn 150 images of three colours: a run is a second of training after its
imports.
"""

import io
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import workspace
from PIL import Image
from trials import require

ARCHITECTURES = ("mlp", "se_resnet", "speednet")
WIDTHS = {"mlp": [16], "se_resnet": [4, 8], "speednet": [4, 8, 8]}
EPOCHS = 20
MADE = ("data/models", "data/runs", "data/evaluation", "data/explanations")

Weights = dict[str, bytes]


class Project:
    """The split is made; of training there is nothing but the outcome, in `weights`."""

    def __init__(self, folder: Path, epochs: int = EPOCHS) -> None:
        self.root = folder / "project"
        self.images = draw(folder / "images")
        self.root.mkdir()
        self.space = workspace.make(self.root)
        self.space.environment["PYTHONPATH"] = f"{self.root}/src"  # as installed from here
        self.space.change(lambda params: shrink(params, self.images, epochs))
        (self.root / ".venv").mkdir()
        (self.root / ".venv/installed").touch()  # this interpreter, not one that make installs
        self.space.run("dvc", "repro", "split", *prepared(self.root))
        workspace.commit(self.space, "split")
        self.lock = (self.root / "dvc.lock").read_bytes()

    def clear(self) -> None:
        """As it was after the split; nothing of training is left, in no cache either."""
        for name in (*MADE, ".resume", ".dvc/cache/runs"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        (self.root / "dvc.lock").write_bytes(self.lock)

    def start(self, target: str) -> subprocess.Popen[bytes]:
        """`dvc repro`, at the head of a process group of its own, as a terminal starts it."""
        with (self.root.parent / "dvc.log").open("w") as log:
            return subprocess.Popen(
                ["dvc", "repro", target],
                cwd=self.root,
                env=self.space._environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return (self.root.parent / "dvc.log").read_text(errors="replace")

    def recover(self, target: str) -> str:
        """What `make repro` does, of one stage and what it needs."""
        recipe = self.space.run("make", "--dry-run", "--no-print-directory", "repro").output
        steps, dvc, _ = recipe.partition("dvc repro")
        require(dvc, f"make repro runs no dvc: {recipe}")
        done = subprocess.run(
            ["sh", "-ec", f"{steps}dvc repro {target}"],
            cwd=self.root,
            env=self.space._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        require(done.returncode == 0, f"no recovery: {done.stdout[-250:]}")
        return done.stdout

    def weights(self, architecture: str) -> Weights:
        folder = self.root / f"data/models/{architecture}/0"
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    def train(self, architecture: str) -> Weights:
        """Uninterrupted, and without DVC."""
        self.space.run("python", "stages/train.py", architecture, "0")
        return self.weights(architecture)

    def processes(self) -> list[psutil.Process]:
        """All that run in the project's folder."""
        return [one for one in psutil.process_iter() if _cwd(one).startswith(str(self.root))]

    def require_silence(self, seconds: float = 2.0) -> None:
        """No process is left; one that is does not reach the next trial."""
        left = wait_for(lambda: not self.processes(), seconds)
        names = [" ".join(_command(one)) for one in self.processes()]
        for process in self.processes():
            process.kill()
        require(left, f"outlived its dvc: {names}")


def prepared(root: Path) -> list[str]:
    """What training needs beside the split, in some versions of the graph."""
    return ["pretrained"] if "\n  pretrained:" in (root / "dvc.yaml").read_text() else []


def trainer_of(dvc: subprocess.Popen[bytes], seconds: float = 60.0) -> psutil.Process:
    def found() -> psutil.Process | None:
        children = psutil.Process(dvc.pid).children(recursive=True)
        return next((one for one in children if "stages/train.py" in _command(one)), None)

    process = wait_for(found, seconds)
    require(process, "no training began")
    return process


def wait_for(condition: Callable[[], Any], seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def life(project: Project, architecture: str) -> float:
    """Seconds of an undisturbed `dvc repro` from the start of the training process on."""
    project.clear()
    dvc = project.start(f"train@{architecture}-0")
    trainer_of(dvc)
    started = time.monotonic()
    require(dvc.wait(120) == 0, project.log)
    return time.monotonic() - started


def end(dvc: subprocess.Popen[bytes]) -> None:
    if dvc.poll() is None:
        os.killpg(dvc.pid, signal.SIGKILL)
        dvc.wait()


def _cwd(process: psutil.Process) -> str:
    try:
        return process.cwd() if process.status() != psutil.STATUS_ZOMBIE else ""
    except psutil.Error:
        return ""


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def draw(root: Path) -> Path:
    """75 images for each of three classes, told apart by their colour; a fifth become the test."""
    random = np.random.default_rng(0)
    for channel, name in enumerate(("red", "green", "blue")):
        (root / "train" / name).mkdir(parents=True)
        for number in range(75):
            pixels = random.integers(0, 200, (16, 16, 3), np.uint8)
            pixels[..., channel] += 55
            file = io.BytesIO()
            Image.fromarray(pixels).save(file, "PNG")
            (root / "train" / name / f"{number:02}.png").write_bytes(file.getvalue())
    return root


def shrink(params: Any, images: Path, epochs: int) -> None:
    params["dataset"] = "folder"
    params["folder"] |= {"path": str(images), "image_size": 16}
    params["validation"] = 30
    params["architectures"] = list(ARCHITECTURES)
    params["batch_size"] = 16
    params["epochs"] = epochs
    params["gallery_tiles"] = 6
    for name, widths in WIDTHS.items():
        params["recipes"]["tuned"][name]["options"] = {"widths": widths}
