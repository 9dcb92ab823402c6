"""The power law against one that is exact, and its intervals against fresh draws."""

import numpy as np
import pytest

from archbench.frontier import law

COMPUTES = [0.003, 0.006, 0.0125, 0.025, 0.05]


def errors(exponent: float, noise: float, seed: int = 0) -> list[float]:
    draws = np.random.default_rng(seed).normal(size=len(COMPUTES))
    return (0.1 * np.array(COMPUTES) ** -exponent * np.exp(noise * draws)).tolist()


def foretold(exponent: float = 0.3, noise: float = 0.0, seed: int = 0) -> law.Forecast:
    found = law.forecast(COMPUTES, errors(exponent, noise, seed))
    assert found is not None
    return found


def test_an_exact_law_is_found_and_foretells_the_last_point():
    found = foretold()
    assert found.exponent == pytest.approx(0.3)
    assert found.error == pytest.approx(found.seen) == pytest.approx(0.1 * 0.05**-0.3)
    assert found.low == pytest.approx(found.high)


def test_the_last_point_has_no_part_in_the_fit():
    last = errors(0.3, 0.0)
    found = law.forecast(COMPUTES, [*last[:-1], 2 * last[-1]])
    assert found is not None
    assert found.error == pytest.approx(last[-1])
    assert not found.held
    assert found.seen == pytest.approx(2 * last[-1])


def test_intervals_hold_in_95_of_100_draws():
    held = np.mean([foretold(noise=0.05, seed=seed).held for seed in range(2000)])
    assert held == pytest.approx(0.95, abs=0.015)


def test_an_accuracy_never_falls_below_zero():
    assert foretold(noise=1.0, seed=3).high <= 1


@pytest.mark.parametrize("values", [[0.5, 0.4, 0.3], [0.5, 0.4, 0.3, 0.2, 0.0]])
def test_three_points_or_a_perfect_one_foretell_nothing(values):
    assert law.forecast(COMPUTES[: len(values)], values) is None
