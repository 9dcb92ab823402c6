import numpy as np
import pytest

from archbench.base.predictions import chance_remark as remark

LABELS = np.repeat(np.arange(10), 100)


@pytest.mark.parametrize("accuracy", [0.05, 0.1, 0.128])
def test_what_guessing_reaches_by_luck_is_no_better_than_guessing(accuracy):
    said = remark(LABELS, accuracy, classes_named=4)
    assert said == f"is no better than always naming the commonest class ({accuracy:.1%} right)"


def test_three_standard_deviations_above_is_learning():
    assert remark(LABELS, 0.1 + 3.1 * np.sqrt(0.1 * 0.9 / 1000), classes_named=4) is None


def test_the_commonest_class_is_what_guessing_names():
    mostly_one = np.array([1] * 900 + [0] * 100)
    assert "no better" in (remark(mostly_one, 0.9, classes_named=2) or "")
    assert remark(mostly_one, 0.95, classes_named=2) is None


def test_one_class_for_every_image_is_said_however_often_it_is_right():
    assert remark(LABELS, 0.1, 1) == "predicts one class for every image (10.0% right)"
    assert "one class" in (remark(np.zeros(50, int), 1.0, 1) or "")
