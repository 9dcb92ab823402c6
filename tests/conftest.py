"""One thread each: a run takes those that other work leaves free, and their count decides bits."""

import os
import subprocess
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

from archbench.networks import vision  # noqa: F401  (before any test's own import of torchvision)

pytest_plugins = ["browser"]


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs in one process: a file's tests, for they share fixtures; a slow test goes to any.

    The first run of the small pipeline takes as long as all that `make test` asks of it.
    """
    for item in items:
        if not item.get_closest_marker("slow"):
            group = (
                "pipeline" if "first_run" in getattr(item, "fixturenames", ()) else item.path.stem
            )
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def committed_run() -> None:
    """For a test of what pages say of the committed run: `make repro` leaves another's figures."""
    command = ["git", "diff", "--quiet", "HEAD", "--", "metrics"]
    if subprocess.run(command, cwd=Path(__file__).parents[1]).returncode == 1:
        pytest.skip("metrics/ has the figures of a run that is not committed")
