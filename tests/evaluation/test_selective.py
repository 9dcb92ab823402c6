"""By hand, and against the mean over the orders that equally sure predictions may have."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

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


def test_the_guaranteed_threshold_by_hand():
    """1,024 sure and right, 512 less sure and half of them wrong: steps of a percent, 15 rows."""
    confidence = np.linspace(1, 0.5, 1536)
    right = np.array([1] * 1024 + [0, 1] * 256)
    found = selective.guaranteed_threshold(rows(confidence, right), risk=0.01)
    kept = int((confidence >= found).sum())
    for count, passes in ((kept, True), (kept + 15, False), (kept + 16, False)):
        errors = (right[:count] == 0).sum()
        assert (stats.binom.cdf(errors, count, 0.01) < 0.05 / 3) == passes
    assert 1024 < kept < 1536
    assert kept == np.ceil(1536 * round(100 * kept / 1536) / 100)


def test_a_later_start_helps_where_the_surest_few_tell_too_little():
    """Of the surest 10 % two of 500 are wrong, too many to tell; of the surest half, two."""
    right = np.ones(5000, int)
    right[[100, 200]] = 0
    right[3000:] = 0
    found = selective.guaranteed_threshold(rows(np.linspace(1, 0.5, 5000), right), risk=0.01)
    assert stats.binom.cdf(2, 500, 0.01) > 0.05 / 3
    assert 0.68 < found < 0.71


def test_rows_that_are_equally_sure_are_kept_together():
    found = selective.guaranteed_threshold(rows([0.9] * 1000 + [0.5] * 1000, [1] * 2000), 0.01)
    assert found == 0.5
    half_wrong = [1] * 1000 + [0, 1] * 500
    assert (
        selective.guaranteed_threshold(rows([0.9] * 1000 + [0.5] * 1000, half_wrong), 0.01) == 0.9
    )


@pytest.mark.parametrize("count", [1, 2, 400])
def test_too_few_rows_guarantee_nothing(count):
    """400 without a mistake have the probability 0.018 at a risk of 1 %: more than 0.05 / 3."""
    table = rows(np.linspace(0.5, 1, count), [1] * count)
    assert selective.guaranteed_threshold(table, risk=0.01) == float("inf")


def test_the_guarantee_holds_where_the_aim_misses_every_other_time():
    """A confidence of 1 − 0.3 u², u uniform, is right as often as it says.

    Those kept for u ≤ v have the risk 0.1 v², so a threshold's true risk is known.
    """
    random, missed = np.random.default_rng(0), []
    for _ in range(2000):
        confidence = 1 - 0.3 * random.random(5000) ** 2
        table = rows(confidence, (random.random(5000) < confidence).astype(int))
        both = selective.threshold(table, 0.01), selective.guaranteed_threshold(table, 0.01)
        missed.append([(1 - found) / 3 > 0.01 for found in both])
    aimed, guaranteed = np.mean(missed, axis=0)
    assert 0.4 < aimed < 0.7
    assert guaranteed <= 0.05


def test_the_guarantee_holds_where_every_threshold_has_a_risk_just_above():
    """The hardest case: confidence knows nothing, so each start is a chance to err."""
    random = np.random.default_rng(0)
    confidence, found = np.linspace(0.5, 1, 5000), []
    for _ in range(2000):
        table = rows(confidence, (random.random(5000) >= 0.0101).astype(int))
        found.append(selective.guaranteed_threshold(table, 0.01))
    assert 0.001 < np.isfinite(found).mean() <= 0.05
