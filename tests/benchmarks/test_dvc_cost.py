"""DVC's cost is measured on pipelines in which nothing is to do but what is asked for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_four_cells(tmp_path):
    subprocess.run(["git", "clone", "-q", str(ROOT), str(tmp_path / "clone")], check=True)
    results = tmp_path / "clone/results/dvc_cost.json"
    results.write_text(json.dumps({"rows": [{"revision": "0", "cells": 4}]}))
    script = ROOT / "benchmarks/dvc_cost.py"
    command = [sys.executable, str(script), "--cells", "4", "--rounds", "1"]
    done = subprocess.run(command, cwd=tmp_path / "clone", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    other, row = json.loads(results.read_text())["rows"]
    assert other == {"revision": "0", "cells": 4}, "rows of other revisions stay"
    assert row["cells"] == 4
    assert 0 < row["one cell"] < row["two cells"]
    assert row["nothing to do"] > 0
    assert 3 <= row["code dependencies of a cell"] <= 6
