"""The benchmarks run to the end at toy size; what they measure is nobody's test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("name", ["augmentation", "step"])
def test_at_toy_size(tmp_path, name):
    command = [sys.executable, BENCHMARKS / f"{name}.py", "--toy"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / f"results/{name}.json").read_text())
    assert results["machine"]["threads"] >= 1
    assert all(row["ratio"] > 0 for row in results["rows"])
