"""One thread each: a run takes those that other work leaves free, and their count decides bits."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

from archbench.networks import vision  # noqa: F401  (before any test's own import of torchvision)

pytest_plugins = ["browser"]


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
