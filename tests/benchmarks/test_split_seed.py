"""What the split adds to a spread, found again in numbers that were drawn with it."""

import importlib

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def split_seed(benchmarks):
    return importlib.import_module("split_seed")


def drawn(random: np.random.Generator, split: float, seed: float) -> np.ndarray:
    return 0.8 + split * random.normal(size=(5, 1)) + seed * random.normal(size=(5, 3))


@pytest.mark.parametrize("split", [0.0, 0.004])
def test_the_parts_are_found_on_average_and_the_interval_holds_the_split_s(split_seed, split):
    random = np.random.default_rng(0)
    found = [split_seed.spread(drawn(random, split, 0.003)) for _ in range(2000)]
    variances = np.square([(one.seed, one.split) for one in found]).mean(axis=0)
    assert variances[0] == pytest.approx(0.003**2, rel=0.1)
    if split:
        assert variances[1] == pytest.approx(split**2, rel=0.15)
    assert np.mean([one.most >= split for one in found]) > 0.95
    rejected = np.mean([one.p < 0.05 for one in found])
    assert rejected > 0.5 if split else 0.03 < rejected < 0.07


def test_a_difference_is_of_runs_with_the_same_split_and_seed(split_seed):
    random = np.random.default_rng(0)
    runs = drawn(random, 0.004, 0.003)
    rows = [
        {"architecture": name, "split_seed": split, "seed": seed, "accuracy": value - shift}
        for name, shift in (("one", 0.0), ("two", 0.1))
        for (split, seed), value in np.ndenumerate(runs)
    ]
    found = dict(split_seed.spreads(pd.DataFrame(rows)))
    assert list(found) == ["one", "two", "one − two"]
    assert found["one"] == pytest.approx(found["two"])
    assert found["one − two"].seed == pytest.approx(0, abs=1e-12)
