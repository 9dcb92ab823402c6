"""The stage itself, as a process of its own: off by default, and from a folder where asked."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from archbench.base import files

STAGE = Path(__file__).parents[2] / "stages" / "people.py"
DRIVER = """
import runpy, sys
from archbench.people import cifar10h
cifar10h.CHECKSUM = {checksum!r}
sys.path.insert(0, {folder!r})
runpy.run_path({stage!r}, run_name="__main__")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files.write_array(tmp_path / "data/test/labels.npy", np.arange(30, dtype=np.uint8) % 10)
    files.write_array(
        tmp_path / "mine/cifar10h-counts.npy", 50 * np.tile(np.eye(10, dtype=int), (3, 1))
    )
    return tmp_path


def run(root: Path, human_labels: str, checksum: str) -> subprocess.CompletedProcess[str]:
    (root / "params.yaml").write_text(f"human_labels: {human_labels}\ndata_directory: mine\n")
    driver = DRIVER.format(checksum=checksum, folder=str(STAGE.parent), stage=str(STAGE))
    return subprocess.run(
        [sys.executable, "-c", driver], cwd=root, capture_output=True, text=True, check=False
    )


def test_off_it_writes_a_table_without_rows_and_reads_no_folder(root):
    done = run(root, "false", "sha256:none")
    assert (done.returncode, done.stderr) == (0, "")
    table = files.read_table(root / "data/people.csv")
    assert len(table) == 0
    assert table.drop(columns=["index", "people"]).to_numpy().shape == (0, 10)


def test_on_it_writes_what_people_said(root):
    digest = hashlib.sha256((root / "mine/cifar10h-counts.npy").read_bytes()).hexdigest()
    done = run(root, "true", f"sha256:{digest}")
    assert done.stdout == "1,500 labels of 30 test images by people, verified\n"
    table = pd.read_csv(root / "data/people.csv")
    assert table["people"][3] == "cat 50"
    assert table["cat"].sum() == 150


def test_a_damaged_file_ends_in_one_line_and_leaves_nothing(root):
    done = run(root, "true", "sha256:0")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "human_labels: no labels by people: cifar10h-counts.npy: sha256 is "
    )
    assert done.stderr.count("\n") == 1
    assert not (root / "data/people.csv").exists()
    assert not (root / ".partial").exists()
