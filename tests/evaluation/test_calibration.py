from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

from archbench.base.predictions import make_table, probabilities_of
from archbench.evaluation.calibration import (
    debiased_calibration_error,
    expected_calibration_error,
    fit_temperature,
    reliability,
    scale,
)
from archbench.evaluation.metrics import cross_entropy


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


def test_the_debiased_error_by_hand():
    """Two bins of four: (3/4 right, confidence 0.6), (all right, confidence 0.9)."""
    table = rows([0.6] * 4 + [0.9] * 4, [1, 1, 1, 0, 1, 1, 1, 1])
    squares = (0.75 - 0.6) ** 2 - 0.75 * 0.25 / 3, (1 - 0.9) ** 2
    expected = max(0.0, float(np.mean(squares))) ** 0.5
    assert debiased_calibration_error(table, bins=2) == 0.0 == expected
    worse = rows([0.6] * 4 + [0.5] * 4, [0, 0, 0, 0, 1, 1, 1, 1])
    assert debiased_calibration_error(worse, bins=1) == 0.0
    assert debiased_calibration_error(worse, bins=2) == pytest.approx(np.sqrt((0.36 + 0.25) / 2))


def test_a_few_images_are_in_bins_of_two():
    """Of four, fifteen bins would leave one or none to each, which says nothing of chance."""
    table = rows([0.6, 0.6, 0.9, 0.9], [1, 0, 1, 1])
    assert debiased_calibration_error(table) == debiased_calibration_error(table, bins=2)
    assert debiased_calibration_error(rows([0.7], [1])) == pytest.approx(0.3)


def test_chance_adds_to_the_plain_error_and_not_to_the_debiased_one():
    """Of a calibrated model on 500 images, the mean of many draws."""
    random = np.random.default_rng(0)
    plain, debiased = [], []
    for _ in range(100):
        confidence = random.uniform(0.3, 1, 500)
        table = rows(confidence, (random.uniform(size=500) < confidence).astype(int))
        plain.append(expected_calibration_error(table) ** 2)
        debiased.append(debiased_calibration_error(table) ** 2)
    assert np.mean(plain) > 0.03**2
    assert np.median(debiased) < 0.02**2


def of_logits(logits, seed: int) -> pd.DataFrame:
    """Labels drawn from the softmax of the logits, which are then made twice as large."""
    probabilities = softmax(logits, axis=1)
    random = np.random.default_rng(seed)
    labels = (random.uniform(size=(len(logits), 1)) > probabilities.cumsum(1)).sum(1)
    sharp = softmax(2 * logits, axis=1)
    return make_table(0, labels, sharp.astype(np.float32), ["a", "b", "c", "d"])


def test_the_temperature_that_spoilt_the_logits_is_found_and_mends_them():
    logits = np.random.default_rng(1).normal(size=(20_000, 4)) * 2
    table = of_logits(logits, seed=0)
    temperature = fit_temperature(table)
    assert temperature == pytest.approx(2, rel=0.03)
    mended = scale(table, temperature)
    assert expected_calibration_error(table) > 0.05
    assert expected_calibration_error(mended) < 0.015
    assert cross_entropy(mended) < cross_entropy(table)


def test_scaling_is_the_softmax_of_the_divided_logits_and_keeps_the_predictions():
    logits = np.random.default_rng(1).normal(size=(50, 4))
    table = of_logits(logits, seed=0)
    scaled = scale(table, 3.0)
    expected = softmax(2 * logits / 3, axis=1)
    assert probabilities_of(scaled) == pytest.approx(expected, abs=1e-6)
    assert scaled["confidence"].to_numpy() == pytest.approx(expected.max(1), abs=1e-6)
    assert (scaled["prediction"] == expected.argmax(1)).all()
