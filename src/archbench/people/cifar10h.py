"""CIFAR-10H: about 51 people's labels of each of CIFAR-10's test images.

Peterson, Battleday, Griffiths & Russakovsky 2019, "Human uncertainty makes classification more
robust". CC BY-NC-SA 4.0, so archbench ships nothing of it: it is fetched from its authors, or read
from a folder of the user's own.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from archbench.base.errors import Refused
from archbench.base.predictions import Array
from archbench.download import archives, remote, sources
from archbench.download.catalogue import CIFAR10
from archbench.download.dataset import Member

COUNTS = Member("data/cifar10h-counts.npy", 800_128)
"""As in the authors' repository; in a folder of the user's own it may lie beside `data` too."""
URL = (
    "https://raw.githubusercontent.com/jcpeterson/cifar-10h/"
    f"48da312b193b82e6939ec20f23d1f09cbdd849c8/{COUNTS.name}"
)
CHECKSUM = "sha256:9b36b4550349af56c79083356312eb4af856cc5fd3caf1f669d40b9d0bbb69ff"
BY_HAND = (
    "By hand: put cifar10h-counts.npy of github.com/jcpeterson/cifar-10h into a folder, and set "
    "data_directory in params.yaml to it"
)
MOST_NAMED = 3
"""Classes that are named of what people said of an image."""


def load(data_directory: str | None) -> Array:
    """(10000, 10): how many people took each test image for each class, in CIFAR-10's orders.

    Refused, with the way to provide them by hand, if neither the folder nor the authors do.
    """
    with sources.emptied(sources.PARTIAL) as partial:
        try:
            path = _in_folder(data_directory) or _fetched(partial)
            archives.check(path, CHECKSUM)
            counts: Array = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as failure:
            raise Refused(f"human_labels: no labels by people: {failure}. {BY_HAND}") from None
    return counts


def _in_folder(data_directory: str | None) -> Path | None:
    return sources.find_member(Path(data_directory), COUNTS) if data_directory else None


def _fetched(folder: Path) -> Path:
    path = folder / Path(COUNTS.name).name
    remote.fetch_file([URL], path, CHECKSUM)
    return path


def must_fit(counts: Array, labels: Array) -> None:
    """Refuse test images in another order, or classes: people mostly say what the label says."""
    shape = (len(labels), len(CIFAR10.classes))
    if counts.shape != shape:
        raise Refused(f"human_labels: people labelled {counts.shape}, the test images are {shape}")
    same = float((counts.argmax(1) == labels).mean())
    if same < 0.9:
        raise Refused(
            f"human_labels: people's commonest class is the label of {same:.0%} of the test images "
            "only, so they are not those of CIFAR-10 in its order"
        )


def table(counts: Array) -> pd.DataFrame:
    """A row per test image: its number, what people said in words, how many said each class."""
    words = [said(row, CIFAR10.classes) for row in counts]
    columns = dict(zip(CIFAR10.classes, counts.T, strict=True))
    return pd.DataFrame({"index": np.arange(len(counts)), "people": words} | columns)


def said(counts: Array, classes: tuple[str, ...]) -> str:
    """`cat 31, dog 18, others 2`: the commonest class first, and of equals the first."""
    order = [k for k in np.argsort(-counts, kind="stable") if counts[k]]
    parts = [f"{classes[k]} {counts[k]}" for k in order[:MOST_NAMED]]
    if rest := int(counts[order[MOST_NAMED:]].sum()):
        parts.append(f"others {rest}")
    return ", ".join(parts)
