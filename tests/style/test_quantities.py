"""Quantities read as a person would say them, at every size."""

import pytest

from archbench.style import quantities


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.1234, "12.3 %"),
        (0.0, "0.0 %"),
        (1.0, "100.0 %"),
        (0.99999, ">99.9 %"),
        (0.9994, "99.9 %"),
    ],
)
def test_a_share_that_is_not_whole_never_reads_100_percent(share, text):
    assert quantities.percent(share) == text


def test_a_share_of_nothing_is_a_dash():
    assert quantities.percent(float("nan")) == "-"


def test_differences_and_intervals_are_in_points():
    assert quantities.points(-0.0123) == "-1.2"
    assert quantities.points(0.0123, 2) == "1.23"
    assert quantities.ends(-0.001, 0.0456) == "[-0.1, 4.6]"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3.17, "3.2 s"),
        (45.4, "45 s"),
        (119, "119 s"),
        (120, "2 min"),
        (1200, "20 min"),
        (7199, "120 min"),
        (7200, "2.0 h"),
        (200_000, "2.3 d"),
    ],
)
def test_a_duration_has_the_unit_of_which_there_are_two(seconds, text):
    assert quantities.duration(seconds) == text


@pytest.mark.parametrize(
    ("operations", "text"),
    [
        (8.04e5, "0.804 MFLOP"),
        (6.61e7, "66.1 MFLOP"),
        (9.994e8, "999 MFLOP"),
        (9.996e8, "1 GFLOP"),
        (1.07e14, "107 TFLOP"),
        (4.56e15, "4.56 PFLOP"),
    ],
)
def test_operations_have_a_unit_that_leaves_three_digits(operations, text):
    assert quantities.flop(operations) == text


@pytest.mark.parametrize(
    ("joules", "text"),
    [
        (15_120, "4.2 Wh"),
        (1234, "0.343 Wh"),
        (3.59e6, "997 Wh"),
        (4.32e6, "1.2 kWh"),
        (float("nan"), "-"),
    ],
)
def test_energy_is_in_watt_hours(joules, text):
    assert quantities.energy(joules) == text


@pytest.mark.parametrize(
    ("number", "text"), [(203, "203"), (1999, "2 k"), (498_104, "498 k"), (11_173_962, "11.2 M")]
)
def test_counts_are_short(number, text):
    assert quantities.count(number) == text
