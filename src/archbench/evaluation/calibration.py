"""Does a confidence of 0.8 mean right eight times in ten?"""

import numpy as np
import pandas as pd

BINS = 15


def reliability(predictions: pd.DataFrame, bins: int = BINS) -> pd.DataFrame:
    """Mean confidence and accuracy in equal-width bins (low, high]; empty bins are left out.

    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    confidence = predictions["confidence"].to_numpy(np.float64)
    number = np.ceil(confidence * bins).astype(int).clip(1, bins) - 1
    right = predictions["prediction"] == predictions["label"]
    rows = pd.DataFrame({"bin": number, "confidence": confidence, "accuracy": right.astype(float)})
    grouped = rows.groupby("bin")
    return grouped.mean().assign(count=grouped.size()).reset_index(drop=True)


def expected_calibration_error(predictions: pd.DataFrame, bins: int = BINS) -> float:
    """Mean |accuracy - confidence| over the examples' bins, in [0, 1] (Naeini et al. 2015)."""
    table = reliability(predictions, bins)
    gaps = (table["accuracy"] - table["confidence"]).abs()
    return float(np.average(gaps, weights=table["count"]))
