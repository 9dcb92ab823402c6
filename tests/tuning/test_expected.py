"""The expected best of fewer trials, against all searches that there can be."""

from itertools import combinations

import numpy as np
import pytest

from archbench.tuning.expected import expected_best

REACHED = [0.641, 0.702, 0.655, 0.702, 0.0, 0.688, 0.71, 0.699]
"""One training diverged, and two came to the same."""


@pytest.mark.parametrize("trials", range(1, 9))
def test_it_is_the_mean_over_all_ways_to_draw_so_many(trials):
    best = [max(drawn) for drawn in combinations(REACHED, trials)]
    assert expected_best(REACHED, trials) == pytest.approx(np.mean(best), abs=1e-12)


@pytest.mark.parametrize("trials", [1, 2, 4, 8])
def test_over_many_searches_it_is_what_fresh_trials_reach_within_a_tenth_of_a_point(trials):
    random = np.random.default_rng(0)
    reached = 0.9 - 0.1 * random.exponential(size=(20_000, 8))
    estimates = [expected_best(search, trials) for search in reached[:4000]]
    fresh = 0.9 - 0.1 * random.exponential(size=(200_000, trials))
    assert np.mean(estimates) == pytest.approx(fresh.max(axis=1).mean(), abs=0.001)


@pytest.mark.parametrize("trials", [0, 9])
def test_more_trials_than_there_were_have_no_estimate(trials):
    with pytest.raises(ValueError, match=f"{trials} trials: there are 8"):
        expected_best(REACHED, trials)
