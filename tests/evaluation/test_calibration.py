from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from archbench.evaluation.calibration import expected_calibration_error, reliability


def rows(confidence, right) -> pd.DataFrame:
    return pd.DataFrame({"confidence": confidence, "prediction": 0, "label": 1 - np.array(right)})


def test_by_hand():
    """Bin (0.6, 0.667] holds two of which one is right, bin (0.8, 0.867] one that is right."""
    table = rows([0.62, 0.64, 0.85], [1, 0, 1])
    found = reliability(table)
    assert found["confidence"].tolist() == pytest.approx([0.63, 0.85])
    assert found["accuracy"].tolist() == [0.5, 1.0]
    assert found["count"].tolist() == [2, 1]
    expected = (2 * abs(0.5 - 0.63) + abs(1 - 0.85)) / 3
    assert expected_calibration_error(table) == pytest.approx(expected)


def test_bins_are_closed_above():
    found = reliability(rows([0.2, 0.2001, 1.0, 0.0], [1, 1, 1, 1]), bins=5)
    assert found["count"].tolist() == [2, 1, 1]


def test_an_independent_implementation():
    random = np.random.default_rng(0)
    confidence = random.uniform(0.1, 1, 3000)
    right = random.uniform(size=3000) < confidence**2
    edges = np.linspace(0, 1, 16)
    error = 0.0
    for low, high in pairwise(edges):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    table = rows(confidence, right.astype(int))
    assert expected_calibration_error(table) == pytest.approx(error)


def test_a_calibrated_model_reads_near_zero():
    random = np.random.default_rng(0)
    confidence = random.uniform(0.1, 1, 200_000)
    table = rows(confidence, (random.uniform(size=200_000) < confidence).astype(int))
    assert expected_calibration_error(table) < 0.005
