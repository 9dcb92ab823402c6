"""Whether a network has learned anything at all: a run at chance must not pass for a result."""

import numpy as np
from numpy.typing import ArrayLike

SURE = 3.0
"""Standard deviations: in 700 tries guessing does better once."""


def remark(labels: ArrayLike, accuracy: float, classes_named: int) -> str | None:
    """What is wrong with a network, as a clause without its subject; None if nothing is.

    `labels` (N,) are the images' integer labels, `accuracy` is the share that the network gets
    right and `classes_named` how many classes it predicts at all. Without a look at the images one
    does best by always naming the commonest class.
    """
    counts = np.bincount(np.asarray(labels))
    share = counts.max() / counts.sum()
    luck = SURE * np.sqrt(share * (1 - share) / counts.sum())
    if classes_named == 1:
        return f"predicts one class for every image ({accuracy:.1%} right)"
    if accuracy <= share + luck:
        return f"is no better than always naming the commonest class ({accuracy:.1%} right)"
    return None
