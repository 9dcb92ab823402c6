"""Which test images are worth looking at: selections on the predictions frame, no drawing.

The frame has one row per (seed, index): seed, index, label, prediction, confidence.
"""

from collections.abc import Sequence

import pandas as pd

from archbench.base.errors import Refused


def of_seeds(predictions: pd.DataFrame, seeds: Sequence[int]) -> pd.DataFrame:
    """The rows of these seeds. A seed without rows would read as a seed without mistakes."""
    missing = sorted(set(seeds) - set(predictions["seed"]))
    if missing:
        raise Refused(f"predictions: none for seed {missing[0]}; run stage evaluate again")
    return predictions[predictions["seed"].isin(seeds)]


def mistakes(predictions: pd.DataFrame) -> pd.DataFrame:
    """The wrong rows, most confident first; equals in the order of the test set."""
    wrong = predictions[predictions["prediction"] != predictions["label"]]
    return wrong.sort_values(["confidence", "index"], ascending=[False, True])


def guesses(predictions: pd.DataFrame) -> pd.DataFrame:
    """(index × architecture) → class: where seeds disagree, the one with most confidence in sum."""
    votes = predictions.groupby(["index", "architecture", "prediction"], as_index=False).agg(
        confidence=("confidence", "sum")
    )
    ranked = votes.sort_values(["confidence", "prediction"], ascending=[False, True])
    first = ranked.drop_duplicates(["index", "architecture"])
    return first.pivot(index="index", columns="architecture", values="prediction")
