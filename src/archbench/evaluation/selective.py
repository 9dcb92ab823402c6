"""A model that may abstain: how many of its surest predictions can be kept, at what risk?

Risk is the share of wrong predictions among those kept, coverage the share that is kept. Source:
Geifman & El-Yaniv 2017, "Selective Classification for Deep Neural Networks".
"""

import numpy as np
import pandas as pd
from scipy.special import bdtr

from archbench.evaluation.predictions import Array

DELTA = 0.05
"""The probability with which a guarantee may fail."""


def risk_coverage(predictions: pd.DataFrame, points: int = 100) -> pd.DataFrame:
    """The surest 1/points of the predictions, 2/points, … all: coverage and risk."""
    kept = np.arange(1, points + 1) / points * len(predictions)
    return pd.DataFrame({"coverage": kept / len(predictions), "risk": _risk(predictions, kept)})


def aurc(predictions: pd.DataFrame) -> float:
    """Area under the risk-coverage curve: the mean risk over all coverages. 0 is best."""
    return float(_risk(predictions, np.arange(1, len(predictions) + 1)).mean())


def _risk(predictions: pd.DataFrame, kept: Array) -> Array:
    """Among the `kept` surest; of predictions that are equally sure, some in expectation."""
    wrong = predictions["prediction"] != predictions["label"]
    by_confidence = wrong.groupby(predictions["confidence"]).agg(["size", "sum"])[::-1].cumsum()
    sizes, errors = ([0, *by_confidence[name]] for name in ("size", "sum"))
    return np.interp(kept, sizes, errors) / kept


def threshold(validation: pd.DataFrame, risk: float) -> float:
    """The least confidence that keeps the validation rows' risk within `risk`; infinite if none.

    It aims at `risk` and promises nothing: of all thresholds it takes one that had luck on these
    rows. For validation rows alone: chosen on test rows it would have peeked at its judge.
    """
    wrong = validation["prediction"] != validation["label"]
    by_confidence = wrong.groupby(validation["confidence"]).agg(["size", "sum"])[::-1].cumsum()
    within = by_confidence[by_confidence["sum"] <= risk * by_confidence["size"]]
    return float(within.index.min()) if len(within) else float("inf")


def guaranteed_threshold(validation: pd.DataFrame, risk: float, delta: float = DELTA) -> float:
    """A confidence whose true risk exceeds `risk` with a probability of `delta` at most.

    Selection with guaranteed risk (SGR), algorithm 2 of Geifman & El-Yaniv 2017: a binary search
    over the sorted confidences, of whose ⌈log₂ n⌉ steps each may err with an equal part of
    `delta`. Infinite where no step passes. It assumes that the rows are drawn as later images are,
    and that the model was not chosen on them: an epoch that was is not covered.
    """
    ordered = validation.sort_values("confidence")
    confidence = ordered["confidence"].to_numpy()
    wrong = (ordered["prediction"] != ordered["label"]).to_numpy()
    steps = int(np.ceil(np.log2(len(ordered))))
    low, high, found = 0, len(ordered) - 1, float("inf")
    for _ in range(steps):
        middle = (low + high + 1) // 2
        kept = wrong[np.searchsorted(confidence, confidence[middle]) :]
        if bdtr(kept.sum(), len(kept), risk) < delta / steps:  # so few mistakes at a higher risk
            high, found = middle, float(confidence[middle])
        else:
            low = middle
    return found


def keep(predictions: pd.DataFrame, threshold: float) -> tuple[float, float]:
    """Coverage and risk of the predictions at least that sure; nothing kept is no risk."""
    kept = predictions[predictions["confidence"] >= threshold]
    wrong = (kept["prediction"] != kept["label"]).sum()
    return len(kept) / len(predictions), float(wrong / max(len(kept), 1))
