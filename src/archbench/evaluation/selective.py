"""A model that may abstain: how many of its surest predictions can be kept, at what risk?

Risk is the share of wrong predictions among those kept, coverage the share that is kept. Source:
Geifman & El-Yaniv 2017, "Selective Classification for Deep Neural Networks".
"""

import numpy as np
import pandas as pd
from scipy.special import bdtr

from archbench.base.predictions import Array, is_mistake

DELTA = 0.05
"""The probability with which a guarantee may fail."""
STARTS = (10, 25, 50)
"""Coverages in percent from which the search for a guaranteed threshold begins."""


def risk_coverage(predictions: pd.DataFrame, points: int = 100) -> pd.DataFrame:
    """The surest 1/points of the predictions, 2/points, … all: coverage and risk."""
    kept = np.arange(1, points + 1) / points * len(predictions)
    return pd.DataFrame({"coverage": kept / len(predictions), "risk": _risk(predictions, kept)})


def aurc(predictions: pd.DataFrame) -> float:
    """Area under the risk-coverage curve: the mean risk over all coverages. 0 is best."""
    return float(_risk(predictions, np.arange(1, len(predictions) + 1)).mean())


def _risk(predictions: pd.DataFrame, kept: Array) -> Array:
    """Among the `kept` surest; of predictions that are equally sure, some in expectation."""
    by_confidence = _by_confidence(predictions)
    sizes, errors = ([0, *by_confidence[name]] for name in ("size", "sum"))
    return np.interp(kept, sizes, errors) / kept


def _by_confidence(predictions: pd.DataFrame) -> pd.DataFrame:
    """`size` and `sum`: the rows at least so sure, and the mistakes among them; surest first."""
    by_confidence = is_mistake(predictions).groupby(predictions["confidence"])
    return by_confidence.agg(["size", "sum"])[::-1].cumsum()


def threshold(validation: pd.DataFrame, risk: float) -> float:
    """The least confidence that keeps the validation rows' risk within `risk`; infinite if none.

    It aims at `risk` and promises nothing: of all thresholds it takes one that had luck on these
    rows. For validation rows alone: chosen on test rows it would have seen what it is measured on.
    """
    by_confidence = _by_confidence(validation)
    within = by_confidence[by_confidence["sum"] <= risk * by_confidence["size"]]
    return float(within.index.min()) if len(within) else float("inf")


def guaranteed_threshold(validation: pd.DataFrame, risk: float, delta: float = DELTA) -> float:
    """A confidence whose true risk exceeds `risk` with a probability of `delta` at most.

    Learn then Test (Angelopoulos, Bates, Candès, Jordan & Lei 2021), as a fixed sequence with
    several starts: from each of STARTS the coverage grows, a percent at a time, as long as so few
    mistakes have a probability of less than the start's part of `delta` under a higher risk.
    Infinite where no start passes. It assumes that the rows are drawn as later images are, and
    that the model was not chosen on them: an epoch that was is not covered.
    """
    by_confidence = _by_confidence(validation)
    kept, mistakes = by_confidence["size"].to_numpy(), by_confidence["sum"].to_numpy()
    last_kept = -1
    for start in STARTS:
        for coverage in np.arange(start, 101) / 100:
            last = np.searchsorted(kept, coverage * len(validation))
            if bdtr(mistakes[last], kept[last], risk) >= delta / len(STARTS):
                break
            last_kept = max(last_kept, int(last))
    return float(by_confidence.index[last_kept]) if last_kept >= 0 else float("inf")


def keep(predictions: pd.DataFrame, threshold: float) -> tuple[float, float]:
    """Coverage and risk of the predictions at least that sure; nothing kept is no risk."""
    kept = predictions[predictions["confidence"] >= threshold]
    mistakes = is_mistake(kept).sum()
    return len(kept) / len(predictions), float(mistakes / max(len(kept), 1))
