"""By simulation: how often the interval holds what it should, and what chance alone makes."""

import numpy as np
import pandas as pd
import pytest

from archbench.evaluation.calibration import chance_floor, ece_interval, expected_calibration_error


def drawn(random: np.random.Generator, images: int, exponent: float) -> pd.DataFrame:
    """Right with the probability confidence ** exponent: calibrated at 1, too sure above."""
    confidence = 1 - 0.9 * random.random(images) ** 2
    wrong = random.random(images) >= confidence**exponent
    columns = {"seed": 0, "index": np.arange(images), "prediction": 0, "label": wrong.astype(int)}
    return pd.DataFrame(columns | {"confidence": confidence})


@pytest.mark.parametrize("exponent", [1.0, 1.3])
def test_the_interval_covers_the_mean_error_of_such_test_sets(exponent):
    random = np.random.default_rng(0)
    tables = [drawn(random, 400, exponent) for _ in range(1000)]
    mean = np.mean([expected_calibration_error(table) for table in tables])
    ends = np.array([ece_interval(table, draws=100) for table in tables])
    covered = (ends[:, 0] <= mean) & (mean <= ends[:, 1])
    assert 0.93 < covered.mean() < 0.985
    assert (mean < ends[:, 0]).mean() < 0.05  # neither end is missed much more than the other
    assert (mean > ends[:, 1]).mean() < 0.05


def test_the_interval_is_around_the_estimate_and_narrows_with_more_images():
    random = np.random.default_rng(0)
    few, many = (drawn(random, images, 1.5) for images in (500, 50_000))
    widths = []
    for table in (few, many):
        low, high = ece_interval(table, draws=200)
        assert 0 < low < expected_calibration_error(table) < high
        widths.append(high - low)
    assert widths[1] == pytest.approx(widths[0] / 10, rel=0.3)


def test_seeds_that_answer_alike_are_no_more_images():
    """Whatever the order of the rows: an image is drawn with all its seeds."""
    table = drawn(np.random.default_rng(0), 500, 1.3)
    twice = pd.concat([table, table.assign(seed=7)])
    assert ece_interval(twice) == pytest.approx(ece_interval(table))
    assert ece_interval(twice.sort_values("index", kind="stable")) == pytest.approx(
        ece_interval(table)
    )


def test_seeds_that_answer_apart_narrow_it():
    random = np.random.default_rng(0)
    one = drawn(random, 2000, 1.5)
    both = pd.concat([one, drawn(random, 2000, 1.5).assign(seed=1)])
    widths = [np.diff(ece_interval(table))[0] for table in (one, both)]
    assert widths[1] == pytest.approx(widths[0] / np.sqrt(2), rel=0.1)


def test_the_floor_is_the_mean_error_of_a_calibrated_network():
    """Of the same confidences, their labels drawn anew and the error computed as ever."""
    random = np.random.default_rng(1)
    table = drawn(random, 400, 2.0)
    calibrated = [
        table.assign(label=(random.random(400) >= table["confidence"]).astype(int))
        for _ in range(1000)
    ]
    errors = [expected_calibration_error(one) for one in calibrated]
    error = np.std(errors) / np.sqrt(len(errors))
    assert chance_floor(table) == pytest.approx(np.mean(errors), abs=3 * error)
    assert chance_floor(table) < expected_calibration_error(table) / 2


def test_the_same_rows_give_the_same_numbers():
    table = drawn(np.random.default_rng(0), 100, 1.0)
    assert ece_interval(table) == ece_interval(table)
    assert chance_floor(table) == chance_floor(table)
