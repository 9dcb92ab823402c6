"""Test images that every run misses. Look at the image before you blame the networks.

A wrong label is one possible reason; an image that is hard for all of them is another.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from archbench.base.predictions import probabilities_of


def missed_by_all(predictions: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Those to which no run, of any architecture and seed, gives their label; lowest margin first.

    `predictions` joins all architectures and seeds. `margin` is the label's probability less that
    of the run's own guess, mean over runs: in [-1, 0]. `guess` is the class other than the
    label whose mean probability is highest.
    """
    wrong = predictions["label"] != predictions["prediction"]
    rows = predictions[wrong.groupby(predictions["index"]).transform("all")]
    probabilities = probabilities_of(rows).astype(np.float64)
    given = probabilities[np.arange(len(rows)), rows["label"]]
    margin = pd.Series(given - rows["confidence"].to_numpy()).groupby(rows["index"].to_numpy())
    means = pd.DataFrame(probabilities).groupby(rows["index"].to_numpy()).mean()
    labels = rows.groupby("index")["label"].first().to_numpy()
    others = np.where(np.arange(len(classes)) == labels[:, None], -1, means)
    table = pd.DataFrame(
        {
            "index": means.index,
            "actual": np.take(classes, labels),
            "guess": np.take(classes, others.argmax(1)),
            "margin": margin.mean().to_numpy(),
        }
    )
    return table.sort_values(["margin", "index"])
