"""The committed dvc.lock was made without the files that only one checkout has."""

import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
OWN = ("data/external", "data/pretrained")
"""Folders for a user's own files, which git ignores and stage check depends on."""


@pytest.mark.parametrize("folder", OWN)
def test_stage_check_saw_the_folder_empty(folder):
    command = ["git", "show", "HEAD:dvc.lock"]
    committed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    deps = YAML(typ="safe").load(committed.stdout)["stages"]["check"]["deps"]
    assert [dep["nfiles"] for dep in deps if dep["path"] == folder] == [0]
