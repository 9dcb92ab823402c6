"""Against scipy and by formula; and by simulation: 95 % of the intervals hold the truth."""

import numpy as np
import pytest
from scipy import stats

from archbench.evaluation import uncertainty


def test_wilson_by_its_formula():
    share, examples = 0.93, 10_000
    z = stats.norm.ppf(0.975)
    centre = (share + z**2 / (2 * examples)) / (1 + z**2 / examples)
    half = (z / (1 + z**2 / examples)) * np.sqrt(
        share * (1 - share) / examples + z**2 / (4 * examples**2)
    )
    assert uncertainty.wilson(share, examples) == pytest.approx((centre - half, centre + half))
    assert uncertainty.wilson(1.0, 10)[1] == pytest.approx(1)
    assert uncertainty.wilson(0.0, 10)[0] == pytest.approx(0)


def test_wilson_covers():
    truth, examples = 0.9, 400
    hits = np.random.default_rng(0).binomial(examples, truth, size=2000)
    intervals = [uncertainty.wilson(k / examples, examples) for k in hits]
    assert np.mean([low <= truth <= high for low, high in intervals]) == pytest.approx(
        0.95, abs=0.015
    )


def test_student_is_scipy_s():
    values = [0.91, 0.93, 0.90, 0.94]
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert uncertainty.student(values) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_student_covers(seeds):
    truth = 0.9
    drawn = np.random.default_rng(0).normal(truth, 0.002, size=(2000, seeds))
    intervals = [uncertainty.student(values) for values in drawn]
    assert np.mean([low <= truth <= high for low, high in intervals]) == pytest.approx(
        0.95, abs=0.015
    )


def test_one_seed_has_the_interval_of_its_images_and_several_that_of_the_seeds():
    assert uncertainty.of_accuracy([0.9], 1000) == uncertainty.wilson(0.9, 1000)
    assert uncertainty.of_accuracy([0.9, 0.92], 1000) == uncertainty.student([0.9, 0.92])
