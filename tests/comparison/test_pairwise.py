"""By hand, against scipy's bootstrap, and by simulation of images and seeds."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from archbench.comparison import hits, pairwise
from archbench.evaluation.predictions import make_table


def runs(random, examples: int, seeds: int, spread: float, gap: float = 0.0) -> list[np.ndarray]:
    """Two architectures on the same images: images differ in difficulty, seeds in skill."""
    difficulty = random.normal(1, 2, size=(examples, 1))
    both = []
    for skill in (gap, 0.0):
        suited = random.normal(0, 0.7, size=(examples, 1))
        luck = random.normal(0, spread, size=seeds)
        noise = random.normal(0, 1.5, size=(examples, seeds))
        both.append(difficulty + suited + skill + luck + noise > 0)
    return both


def differences(seeds: int, spread: float, gap: float = 0.0, times: int = 200):
    random = np.random.default_rng(0)
    return [pairwise.compare(*runs(random, 600, seeds, spread, gap)) for _ in range(times)]


@pytest.mark.parametrize(
    ("seeds", "spread"), [(1, 0.0), (2, 0.1), (3, 0.0), (3, 0.1), (3, 0.3), (5, 0.1)]
)
def test_intervals_hold_the_truth_and_equals_are_seldom_told_apart(seeds, spread):
    """Of two alike the true difference is 0, whatever the images and the seeds."""
    found = differences(seeds, spread)
    assert 0.91 <= np.mean([one.low <= 0 <= one.high for one in found]) <= 1
    assert np.mean([one.p < 0.05 for one in found]) <= 0.09


def test_one_seed_cannot_see_what_another_would_have_said():
    """Why seeds: where they differ, a test over images alone finds differences of nothing."""
    assert np.mean([one.p < 0.05 for one in differences(seeds=1, spread=0.3)]) > 0.3


@pytest.mark.parametrize("seeds", [1, 3])
def test_four_in_five_of_the_detectable_differences_are_detected(seeds):
    """A gap in skill that moves the accuracy by about what the comparison calls detectable."""
    slope = np.mean([one.difference for one in differences(seeds, 0.0, gap=0.5)]) / 0.5
    detectable = np.mean([one.detectable for one in differences(seeds, 0.0)])
    found = differences(seeds, 0.0, gap=detectable / slope)
    assert np.mean([one.difference for one in found]) == pytest.approx(detectable, rel=0.1)
    assert np.mean([one.p < 0.05 for one in found]) == pytest.approx(0.8, abs=0.1)


def test_mcnemar_by_its_sum():
    first = np.array([True] * 9 + [False] * 3 + [True] * 40)
    second = np.array([False] * 9 + [True] * 3 + [True] * 40)
    expected = 2 * sum(comb(12, k) for k in range(4)) / 2**12
    assert pairwise.mcnemar(first, second) == pytest.approx(expected)
    assert pairwise.mcnemar(second, first) == pytest.approx(expected)
    assert pairwise.mcnemar(first, first) == 1.0


def test_the_bootstrap_is_scipy_s():
    random = np.random.default_rng(1)
    first, second = random.uniform(size=800) < 0.8, random.uniform(size=800) < 0.7
    by_image = first.astype(float) - second
    expected = stats.bootstrap(
        (by_image,), np.mean, method="percentile", n_resamples=10_000, rng=random
    ).confidence_interval
    found = pairwise.bootstrap(by_image)
    assert found == pytest.approx((expected.low, expected.high), abs=0.002)
    assert found == pairwise.bootstrap(by_image)


def test_two_runs_by_hand():
    first, second = (
        np.array([[1, 1, 1, 0]] * 100, bool).ravel(),
        np.array([[1, 0, 0, 1]] * 100, bool),
    )
    found = pairwise.compare(first[:, None], second.ravel()[:, None])
    assert found.difference == pytest.approx(0.25)
    assert found.p == found.mcnemar_p == pairwise.mcnemar(first, second.ravel())
    error = np.std([0, 1, 1, -1] * 100, ddof=1) / 20
    assert found.detectable == pytest.approx((1.959964 + 0.841621) * error)


def test_the_variance_of_the_seeds_is_that_of_the_two_way_layout():
    """Against the expected mean squares: seeds of a known spread, over many draws."""
    random = np.random.default_rng(0)
    found, truth = [], []
    for _ in range(400):
        first, _ = runs(random, 500, seeds=4, spread=0.2)
        found.append(pairwise._of_seeds(first)[0])
        truth.append(first.mean())
    alone = []
    for _ in range(400):
        first, _ = runs(random, 500, seeds=4, spread=0.0)
        alone.append(pairwise._of_seeds(first)[0])
    density = 0.14  # of the margin at zero: how far a step in skill moves the accuracy
    assert np.mean(found) == pytest.approx((0.2 * density) ** 2 / 4, rel=0.35)
    assert np.mean(alone) == pytest.approx(0, abs=2e-5)


def test_runs_that_never_differ_are_not_told_apart():
    same = np.random.default_rng(0).uniform(size=(100, 3)) < 0.5
    assert pairwise.compare(same, same).p == pytest.approx(1)
    right = np.ones((100, 2), bool)
    assert pairwise.compare(right, right).p == 1.0
    assert pairwise.compare(right, right).detectable == 0


def test_holm_by_its_steps():
    p = np.array([0.01, 0.04, 0.03, 0.005])
    assert pairwise.holm(p).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert pairwise.holm(np.array([0.7, 0.6])).tolist() == [1.0, 1.0]
    assert pairwise.holm(np.array([])).tolist() == []


def predictions(accuracy: float, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    labels = np.zeros(2000, np.uint8)
    right = random.uniform(size=2000) < accuracy
    probabilities = np.where(right[:, None], [0.9, 0.1], [0.1, 0.9]).astype(np.float32)
    return make_table(0, labels, probabilities, ["cat", "dog"])


def test_the_table_ranks_pairs_and_gives_verdicts():
    table = pairwise.table(
        {"weak": predictions(0.6, 0), "one": predictions(0.8, 1), "two": predictions(0.8, 2)}
    )
    assert {*table.loc[0, ["first", "second"]]} == {"one", "two"}
    assert table["second"].tolist()[1:] == ["weak", "weak"]
    assert (table["difference"] >= 0).all()
    assert table["verdict"].tolist() == ["no detectable difference", "better", "better"]
    assert (table["p_holm"] >= table["p"]).all()


def test_one_architecture_has_no_pair():
    table = pairwise.table({"alone": predictions(0.6)})
    assert len(table) == 0
    assert "verdict" in table.columns


def test_predictions_are_matched_by_image_and_not_by_row():
    rows = predictions(0.8)
    shuffled = rows.sample(frac=1, random_state=0)
    assert (hits.of(rows) == hits.of(shuffled)).all()
