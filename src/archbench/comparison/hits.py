"""Which test images a run got right: all that a comparison needs, in a line of text per run.

1,250 bytes hold 10,000 images, so git can keep them, and two revisions can be compared wherever
the repository is, without data and without DVC's cache.
"""

import base64
import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from archbench.base import paths
from archbench.base.predictions import is_mistake

HITS = str(paths.detail("hits"))

Hits = NDArray[np.bool_]
"""(images, seeds): was the prediction right?"""


def shares(table: pd.DataFrame) -> NDArray[np.float64]:
    """(images, seeds) of a table with a row per image and seed, and its `share` in [0, 1]."""
    return table.pivot(index="index", columns="seed", values="share").to_numpy()


def digest(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> str:
    """Of a test set: other images, other labels and another order have another one."""
    hashed = hashlib.sha256(repr((images.shape, images.dtype.str, labels.dtype.str)).encode())
    hashed.update(np.ascontiguousarray(images).data)
    hashed.update(np.ascontiguousarray(labels).data)
    return hashed.hexdigest()[:16]


def pack(predictions: Mapping[str, pd.DataFrame], test_set: str) -> pd.DataFrame:
    """A row per architecture and seed; `test_set` is the digest of the test images and labels."""
    rows = []
    for name, table in predictions.items():
        for seed, run in table.sort_values("index").groupby("seed"):
            bits = np.packbits(~is_mistake(run))
            row = {"architecture": name, "seed": seed, "images": len(run), "test_set": test_set}
            rows.append(row | {"hits": base64.b64encode(bits.tobytes()).decode()})
    return pd.DataFrame(rows)


def unpack(packed: pd.DataFrame) -> dict[str, Hits]:
    """By architecture, the seeds in ascending order; `packed` is what `pack` makes."""
    return {str(name): _unpacked(rows) for name, rows in packed.groupby("architecture")}


def _unpacked(rows: pd.DataFrame) -> Hits:
    runs = [
        np.unpackbits(np.frombuffer(base64.b64decode(row["hits"]), np.uint8), count=row["images"])
        for _, row in rows.sort_values("seed").iterrows()
    ]
    return np.stack(runs, axis=1).astype(bool)
