"""The cost of wide comparisons is measured on files that the stages take for evaluate's."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_two_architectures_and_two_seeds(tmp_path):
    command = [sys.executable, ROOT / "benchmarks/wide.py", "2x2", "--within", tmp_path / "kept"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads((tmp_path / "results/wide.json").read_text())["rows"]
    assert (row["architectures"], row["seeds"]) == (2, 2)
    for stage in ("compare", "gallery", "report"):
        assert 0 < row[f"{stage}_cpu_seconds"] < 100
        assert 0.05 < row[f"{stage}_peak_gb"] < 1, "that of the stage, not of what started it"
    pairs = (tmp_path / "kept/2x2/metrics/pairwise.csv").read_text().splitlines()
    assert [line.split(",")[:3] for line in pairs[1:]] == [["network_00", "network_01", "2"]]
