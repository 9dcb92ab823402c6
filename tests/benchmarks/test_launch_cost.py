"""What launching costs is measured on cells that sleep, each trained once and by launch alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_four_cells(tmp_path):
    subprocess.run(["git", "clone", "-q", str(ROOT), str(tmp_path / "clone")], check=True)
    script = ROOT / "benchmarks/launch_cost.py"
    command = [sys.executable, str(script), "--cells", "4", "--sleep", "0.5"]
    done = subprocess.run(command, cwd=tmp_path / "clone", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads((tmp_path / "clone/results/launch_cost.json").read_text())["rows"]
    assert row["cells"] == 4
    assert row["seconds"] > 2 * row["seconds asleep"], "two at a time"
    assert 0.1 < row["CPU seconds a cell"] < 60
    assert row["its CPU seconds"] > 0
