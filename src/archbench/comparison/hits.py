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

Hits = NDArray[np.bool_]
"""(examples, seeds): was the prediction right?"""


def of(predictions: pd.DataFrame) -> Hits:
    right = predictions.assign(right=predictions["prediction"] == predictions["label"])
    return right.pivot(index="index", columns="seed", values="right").to_numpy()


def pack(predictions: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """A row per architecture and seed; `labels` is a digest of the labels, in the images' order."""
    rows = []
    for name, table in predictions.items():
        for seed, run in table.sort_values("index").groupby("seed"):
            labels = hashlib.sha256(run["label"].to_numpy(np.int64).tobytes()).hexdigest()[:16]
            bits = np.packbits(run["label"] == run["prediction"])
            row = {"architecture": name, "seed": seed, "images": len(run), "labels": labels}
            rows.append(row | {"hits": base64.b64encode(bits.tobytes()).decode()})
    return pd.DataFrame(rows)


def unpack(packed: pd.DataFrame) -> dict[str, Hits]:
    """By architecture."""
    return {str(name): _unpacked(rows) for name, rows in packed.groupby("architecture")}


def _unpacked(rows: pd.DataFrame) -> Hits:
    runs = [
        np.unpackbits(np.frombuffer(base64.b64decode(row["hits"]), np.uint8), count=row["images"])
        for _, row in rows.sort_values("seed").iterrows()
    ]
    return np.stack(runs, axis=1).astype(bool)
