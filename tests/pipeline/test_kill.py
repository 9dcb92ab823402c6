"""A training run that is killed goes on where it was, to the very same weights."""

import time
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.slow

TRAIN = "train@se_resnet-0"
WEIGHTS = ("best.safetensors", "last.safetensors")


def wait_for(condition, seconds: float = 120.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
    return found


def weights(root: Path) -> list[bytes]:
    return [(root / "data/models/se_resnet/0" / name).read_bytes() for name in WEIGHTS]


def training(dvc: psutil.Process) -> psutil.Process:
    processes = dvc.children(recursive=True)
    return next(one for one in processes if "stages/train.py" in " ".join(one.cmdline()))


def has_ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("victim", "shell", "lr"), [("dvc", "/bin/sh", 0.03), ("training", "/bin/bash", 0.04)]
)
def test_kill_9_and_repro_end_in_identical_weights(project, monkeypatch, victim, shell, lr):
    monkeypatch.setenv("SHELL", shell)  # dvc's; not every one makes way for its last command
    own = {"lr": lr, "epochs": 5, "train_images": 2000}  # not in any cache
    project.change(lambda params: params["recipes"]["tuned"]["se_resnet"].update(own))
    dvc = project.start("dvc", "repro", TRAIN)
    wait_for(lambda: list(project.root.glob(".resume/*/epoch-00002.sha256")))
    trainer = training(psutil.Process(dvc.pid))
    (dvc if victim == "dvc" else trainer).kill()
    assert dvc.wait(timeout=60) != 0
    wait_for(lambda: has_ended(trainer), 20)
    assert not (project.root / "data/models/se_resnet/0").exists()

    assert "going on after epoch" in project.run("dvc", "repro", TRAIN).output
    resumed = weights(project.root)
    assert not list((project.root / ".resume").iterdir())

    uninterrupted = project.run("python", "stages/train.py", "se_resnet", "0").output
    assert "going on" not in uninterrupted
    assert weights(project.root) == resumed


def test_a_killed_process_of_two_ends_the_run_with_a_line_that_later_goes_on(project):
    """Its weights are those of two processes that nothing interrupted."""
    own = {"lr": 0.05, "epochs": 5, "train_images": 2000}
    project.change(lambda params: params["recipes"]["tuned"]["se_resnet"].update(own))
    project.change(lambda params: params.update(processes=2))
    command = ("python", "stages/train.py", "se_resnet", "0")
    errors = project.root.parent / "errors"
    with errors.open("w") as file:
        first = project.start(*command, stderr=file)
    wait_for(lambda: list(project.root.glob(".resume/*/epoch-00002.sha256")))
    processes = psutil.Process(first.pid).children()
    (victim,) = [one for one in processes if one.environ().get("RANK") == "1"]
    victim.kill()
    assert first.wait(timeout=60) == 2
    assert errors.read_text().splitlines() == [
        "process 1 of the run was ended by SIGKILL, so all end; dvc repro goes on from the last "
        "epoch"
    ]
    assert all(has_ended(process) for process in processes)

    assert "going on after epoch" in project.run(*command).output
    resumed = weights(project.root)
    assert not list((project.root / ".resume").iterdir())
    assert "going on" not in project.run(*command).output
    assert weights(project.root) == resumed


@pytest.mark.parametrize("delay", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("stage", ["train@mlp-0", "evaluate@mlp", "explain@mlp"])
def test_no_stage_outlives_a_killed_dvc(project, stage, delay):
    dvc = project.start("dvc", "repro", "--force", "--single-item", stage)
    children = wait_for(psutil.Process(dvc.pid).children)
    time.sleep(delay)
    dvc.kill()
    dvc.wait()
    wait_for(lambda: all(has_ended(child) for child in children), 5)
