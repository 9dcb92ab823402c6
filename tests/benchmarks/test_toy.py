"""The benchmarks run to the end at toy size; what they measure is nobody's test."""

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archbench.training import loop

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

ROWS = {
    "accuracy": "rows",
    "augmentation": "rows",
    "gpu": "checks",
    "neighbour": "rows",
    "scaling": "rows",
    "step": "rows",
    "verdicts": "grid",
    "world_size": "rows",
}


@pytest.mark.parametrize("name", ROWS)
def test_at_toy_size(tmp_path, name):
    shutil.copy(BENCHMARKS.parent / "params.yaml", tmp_path)
    command = [sys.executable, str(BENCHMARKS / f"{name}.py"), "--toy"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / f"results/{name}.json").read_text())
    assert results["machine"]["threads"] >= 1
    assert results[ROWS[name]]


def test_the_gpu_s_checks_can_fail(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    gpu = importlib.import_module("gpu")
    assert gpu.check_determinism("speednet", "never")
    monkeypatch.setattr(loop, "reseed_globals", lambda *of: None)
    assert not gpu.check_determinism("speednet", "never")
