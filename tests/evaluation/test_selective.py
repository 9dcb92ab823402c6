"""By hand, and against the mean over the orders that equally sure predictions may have."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from archbench.evaluation import selective


def rows(confidence, right) -> pd.DataFrame:
    return pd.DataFrame({"confidence": confidence, "prediction": 0, "label": 1 - np.array(right)})


def test_the_curve_by_hand():
    found = selective.risk_coverage(rows([0.9, 0.5, 0.8, 0.6], [1, 0, 0, 1]), points=4)
    assert found["coverage"].tolist() == [0.25, 0.5, 0.75, 1]
    assert found["risk"].tolist() == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4])


def test_the_area_is_the_mean_risk():
    found = selective.aurc(rows([0.9, 0.5, 0.8, 0.6], [1, 0, 0, 1]))
    assert found == pytest.approx(np.mean([0, 1 / 2, 1 / 3, 2 / 4]))


def test_of_equally_sure_predictions_every_order_counts_alike():
    confidence, right = [0.9, 0.7, 0.7, 0.7, 0.2], [1, 0, 1, 1, 0]
    areas = []
    for order in permutations([1, 2, 3]):
        wrong = 1 - np.array(right)[[0, *order, 4]]
        areas.append((wrong.cumsum() / np.arange(1, 6)).mean())
    assert selective.aurc(rows(confidence, right)) == pytest.approx(np.mean(areas))


def test_confidence_that_knows_nothing_leaves_the_risk_at_every_coverage():
    random = np.random.default_rng(0)
    table = rows(random.uniform(size=50_000), (random.uniform(size=50_000) < 0.8).astype(int))
    assert selective.aurc(table) == pytest.approx(0.2, abs=0.01)


def test_the_threshold_keeps_as_many_as_the_risk_allows():
    table = rows([0.9, 0.8, 0.7, 0.6, 0.5], [1, 1, 0, 1, 0])
    assert selective.threshold(table, risk=0.25) == 0.6
    assert selective.keep(table, 0.6) == (0.8, 0.25)
    assert selective.threshold(table, risk=0.1) == 0.8
    assert selective.threshold(table, risk=0.5) == 0.5


def test_where_no_threshold_will_do_nothing_is_kept():
    table = rows([0.9, 0.5], [0, 1])
    assert selective.threshold(table, risk=0.1) == float("inf")
    assert selective.keep(table, float("inf")) == (0.0, 0.0)
