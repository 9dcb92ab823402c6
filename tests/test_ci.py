"""What CI says of a pull request, with programs in place of dvc and python."""

import os
import subprocess
from pathlib import Path

import pytest

COMPARE = Path(__file__).parents[1] / ".ci" / "compare"


def run(folder: Path, **scripts: str) -> subprocess.CompletedProcess[str]:
    for name, script in ({"dvc": "echo '| metrics/mlp.json |'"} | scripts).items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}"}
    command = ["bash", str(COMPARE), "origin/main"]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_a_comparison_is_shown(tmp_path):
    done = run(tmp_path, python='echo "$@"')
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "## Metrics against `origin/main`",
        "| metrics/mlp.json |",
        "",
        "-m archbench.comparison.revisions origin/main HEAD",
    ]


def test_without_a_change_that_is_said(tmp_path):
    assert "No metric changed." in run(tmp_path, dvc="", python="").stdout


def test_a_refusal_is_said_twice_and_ends_nothing(tmp_path):
    """On the page of the pull request, and as a warning of the job."""
    done = run(tmp_path, python="echo 'origin/main: has no column test_set' >&2; exit 2")
    assert done.returncode == 0
    line = "origin/main: has no column test_set"
    assert done.stdout.splitlines()[-1] == f"**Not compared image by image:** {line}"
    assert f"::warning title=Not compared image by image::{line}\n" in done.stderr


@pytest.mark.parametrize("status", [1, 3, 137])
def test_any_other_error_ends_the_job_aloud(tmp_path, status):
    done = run(tmp_path, python=f"echo 'Traceback' >&2; exit {status}")
    assert (done.returncode, done.stderr) == (status, "Traceback\n")


def test_so_does_one_of_dvc(tmp_path):
    done = run(tmp_path, dvc="echo broken >&2; exit 255", python="")
    assert (done.returncode, done.stderr) == (255, "broken\n")
