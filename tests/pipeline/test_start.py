"""What every stage begins with: the code beside it, and an end with the dvc that started it."""

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from workspace import ROOT

STAGES = sorted(path for path in (ROOT / "stages").glob("*.py") if path.name != "start.py")
WAITING = """
import start
import time
print("started", flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys
subprocess.Popen([sys.executable, sys.argv[1]])
print("spawned", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("stage", STAGES, ids=lambda path: path.stem)
def test_it_is_the_first_import_of_each(stage):
    imports = [
        node
        for node in ast.walk(ast.parse(stage.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    first = min(imports, key=lambda node: node.lineno)
    assert isinstance(first, ast.Import)
    assert [name.name for name in first.names] == ["start"]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A stage that only waits, beside the real `start.py`."""
    (tmp_path / "stages").mkdir()
    shutil.copy(ROOT / "stages/start.py", tmp_path / "stages")
    path = tmp_path / "stages/waiting.py"
    path.write_text(WAITING)
    return path


def test_the_code_beside_a_stage_is_imported_whatever_is_installed(script, tmp_path):
    """As in a queued experiment: `elsewhere` is the main clone, edited since."""
    for root, text in ((tmp_path, "beside"), (tmp_path / "elsewhere", "edited")):
        (root / "src/archbench").mkdir(parents=True)
        (root / "src/archbench/__init__.py").write_text(f"CODE = {text!r}\n")
    script.write_text("import start\nfrom archbench import CODE\nprint(CODE)\n")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "elsewhere/src")}
    done = subprocess.run(
        [sys.executable, script], env=environment, cwd="/", capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("beside\n", "")


@pytest.fixture
def spawn(script):
    """Start a Python parent, as `dvc` is one, that starts the stage."""
    parents = []

    def start(**variables: str) -> tuple[subprocess.Popen, psutil.Process]:
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={key: value for key, value in os.environ.items() if key != "DVC_STAGE"} | variables,
        )
        parents.append(parent)
        assert line_of(parent) == "spawned\n"
        children = psutil.Process(parent.pid).children()
        return parent, children[0]

    yield start
    for parent in parents:
        parent.kill()
        parent.communicate()


def line_of(process: subprocess.Popen) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def ended(process: psutil.Process, seconds: float) -> bool:
    try:
        process.wait(seconds)
    except psutil.TimeoutExpired:
        return process.status() == psutil.STATUS_ZOMBIE
    return True


@pytest.mark.parametrize("delay", [0, 0.01, 0.02, 0.04, 0.08, 0.2, 1.0])
def test_no_stage_outlives_its_dvc(spawn, delay):
    parent, stage = spawn(DVC_STAGE="waiting")
    time.sleep(delay)
    parent.kill()
    assert ended(stage, 20)


def test_a_stage_started_by_hand_outlives_its_shell(spawn):
    parent, stage = spawn()
    assert line_of(parent) == "started\n"
    parent.kill()
    parent.wait()
    assert not ended(stage, 0.5)
    stage.kill()


def test_ctrl_c_is_one_line(script):
    stage = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert line_of(stage) == "started\n"
    stage.send_signal(signal.SIGINT)
    _, err = stage.communicate(timeout=20)
    assert (stage.returncode, err) == (130, "interrupted\n")
