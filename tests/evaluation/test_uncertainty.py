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


def drawn(seeds: int, sd: float, draws: int, images: int = 1000, draw: int = 0) -> np.ndarray:
    """(images, seeds, draws) of an architecture whose seeds differ by `sd` in accuracy."""
    random = np.random.default_rng(draw)
    ease = random.uniform(0.6, 1.0, size=(images, 1, draws))
    luck = random.normal(0, sd, size=(1, seeds, draws))
    return random.uniform(size=(images, seeds, draws)) < ease + luck


@pytest.mark.parametrize("seeds", [3, 5])
@pytest.mark.parametrize("sd", [0.0, 0.01, 0.03])
def test_an_architecture_s_interval_covers_other_images_and_other_seeds(seeds, sd):
    """The true accuracy is 0.8, over all images and all seeds."""
    layout = uncertainty.of_one(drawn(seeds, sd, 1000))
    half = uncertainty.half_width(layout, 0.05, 0.05)
    assert (np.abs(layout.estimate - 0.8) <= half).mean() >= 0.94


def test_of_one_network_the_interval_is_for_other_images_alone():
    layout = uncertainty.of_one(drawn(1, 0.0, 2000))
    held = np.abs(layout.estimate - 0.8) <= uncertainty.networks_half_width(layout, 0.05)
    assert held.mean() == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(("seeds", "name"), [(1, "network"), (2, "network"), (3, "accuracy")])
def test_what_an_interval_is_about_is_in_its_name(seeds, name):
    found = uncertainty.of_accuracy(drawn(seeds, 0.0, 1, images=5000)[..., 0])
    assert set(found) == {f"{name}_low", f"{name}_high"}
    assert 0.75 < found[f"{name}_low"] < 0.8 < found[f"{name}_high"] < 0.85


def test_one_network_s_interval_is_about_wilson_s():
    right = np.arange(10_000)[:, None] < 9300
    found = uncertainty.of_accuracy(right)
    expected = uncertainty.wilson(0.93, 10_000)
    assert (found["network_low"], found["network_high"]) == pytest.approx(expected, abs=2e-5)


def test_no_interval_leaves_the_unit_or_has_no_width():
    found = uncertainty.of_accuracy(np.ones((50, 3), bool))
    assert found["accuracy_low"] < found["accuracy_high"] == 1


def test_the_mean_squares_are_those_of_the_two_way_analysis_of_variance():
    """By the definitions of the sums of squares (Searle, Casella & McCulloch 1992)."""
    x = np.random.default_rng(0).uniform(size=(40, 3))
    rows, columns = x.mean(1, keepdims=True), x.mean(0, keepdims=True)
    between, residual = uncertainty._mean_squares(x)
    assert between == pytest.approx(columns.var(ddof=1))
    assert residual == pytest.approx(((x - rows - columns + x.mean()) ** 2).sum() / (39 * 2))


def test_the_parts_of_a_difference_are_those_that_were_drawn():
    """Images' and seeds' variance in expectation: over draws of a known spread."""
    first, second = drawn(4, 0.02, 800, draw=0), drawn(4, 0.0, 800, draw=1)
    layout = uncertainty.of_difference(first, second)
    seeds = [
        (b - r / layout.images).mean() for b, r in zip(layout.between, layout.residual, strict=True)
    ]
    assert seeds[0] == pytest.approx(0.02**2, rel=0.15)
    assert seeds[1] == pytest.approx(0, abs=2e-5)
    total = layout.of_images + layout.of_seeds
    assert total.mean() == pytest.approx(layout.estimate.var(), rel=0.2)


def test_without_smoothing_the_degrees_of_freedom_are_welch_s(monkeypatch):
    monkeypatch.setattr(uncertainty, "SMOOTHING", 0.0)
    random = np.random.default_rng(1)
    first, second = random.uniform(size=(500, 4)) < 0.6, random.uniform(size=(500, 6)) < 0.8
    layout = uncertainty.of_difference(first, second)
    found = stats.ttest_ind(
        *(
            np.concatenate([runs, [[0] * runs.shape[1], [1] * runs.shape[1]]]).mean(0)
            for runs in (first, second)
        ),
        equal_var=False,
    )
    assert layout.freedom == pytest.approx(found.df)
    assert layout.of_seeds**0.5 == pytest.approx(abs(layout.estimate / found.statistic))


@pytest.mark.parametrize(("spreads", "least", "most"), [((1, 1), 4, 4), ((0, 1), 2.5, 3.5)])
def test_the_degrees_of_freedom_of_three_seeds(spreads, least, most):
    """Equal spreads have those of both; where one has none, there are a little more than two."""
    zero = np.zeros(())
    layout = uncertainty.Layout(
        estimate=zero, images=9, by_image=zero, residual=(zero, zero), seeds=(3, 3),
        between=tuple(np.array(spread, float) for spread in spreads),
    )  # fmt: skip
    assert least <= layout.freedom <= most


def test_each_chance_has_its_own_error_rate():
    random = np.random.default_rng(0)
    hard = random.random((500, 1))
    first, second = (hard + random.normal(0, 0.2, (500, seeds)) < 0.8 for seeds in (3, 4))
    layout = uncertainty.of_difference(first, second & (random.random((500, 1)) < 0.9))
    assert layout.of_images > 0
    of_images = stats.norm.isf(0.005) ** 2 * layout.of_images
    of_seeds = stats.t.isf(0.05, layout.freedom) ** 2 * layout.of_seeds
    half = uncertainty.half_width(layout, 0.01, 0.1)
    assert half == pytest.approx(np.sqrt(of_images + of_seeds))


def test_a_difference_s_variance_over_images_is_that_of_the_pairs():
    first, second = np.array([[1], [1], [0], [1]]), np.array([[1], [0], [0], [0]])
    pairs = [0, 1, 0, 1, 1, -1]  # the last two are the added ones
    layout = uncertainty.of_difference(first, second)
    assert layout.estimate == pytest.approx(np.mean(pairs))
    assert layout.by_image == pytest.approx(np.var(pairs, ddof=1))
