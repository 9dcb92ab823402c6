"""Test images whose label every run doubts: look at the image before you blame the models."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from archbench.evaluation.predictions import probabilities_of


def suspects(predictions: pd.DataFrame, classes: Sequence[str], most: int = 100) -> pd.DataFrame:
    """Those to which no run gives their label, the surest of another class first.

    `predictions` joins all architectures and seeds. `margin` is the label's probability less that
    of the run's own guess, mean over runs: in [-1, 0]. `guess` is the class of the highest mean
    probability. After Northcutt et al. 2021, "Pervasive Label Errors in Test Sets".
    """
    wrong = predictions["label"] != predictions["prediction"]
    doubted = predictions[wrong.groupby(predictions["index"]).transform("all")]
    probabilities = probabilities_of(doubted).astype(np.float64)
    given = probabilities[np.arange(len(doubted)), doubted["label"]]
    margin = pd.Series(given - doubted["confidence"].to_numpy()).groupby(
        doubted["index"].to_numpy()
    )
    means = pd.DataFrame(probabilities).groupby(doubted["index"].to_numpy()).mean()
    labels = doubted.groupby("index")["label"].first()
    table = pd.DataFrame(
        {
            "index": means.index,
            "label": np.take(classes, labels),
            "guess": np.take(classes, means.to_numpy().argmax(1)),
            "margin": margin.mean().to_numpy(),
        }
    )
    return table.sort_values(["margin", "index"]).head(most)
