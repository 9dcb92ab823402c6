"""One thread each: a run takes those that other work leaves free, and their count decides bits."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from archbench.networks import vision  # noqa: F401  (before any test's own import of torchvision)

pytest_plugins = ["browser"]
