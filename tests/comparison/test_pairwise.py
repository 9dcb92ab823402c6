"""By hand, by the formulas' sources, and by simulation of images and seeds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import verdicts
from scipy import stats
from verdicts import Cell

from archbench.base.errors import Refused
from archbench.comparison import hits, pairwise, planning
from archbench.evaluation import uncertainty

MARGIN = 0.005
ALL = np.ones((1000, 3), bool)


def runs(accuracy: float, seed: int = 0, seeds: int = 3, images: int = 2000) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(images, seeds)) < accuracy


# -- what the intervals promise --


@pytest.mark.parametrize("sds", verdicts.SDS, ids=str)
def test_equal_architectures_are_told_apart_in_five_of_a_hundred_reports_at_most(sds):
    """2,000 draws a cell: 3, 5 and 10 seeds, 100, 2,000 and 10,000 images."""
    rows = pd.DataFrame(verdicts.grid(2000, [sds]))
    several = rows[rows["seeds"] >= 3]
    assert len(several) == 9
    assert several["today"].max() <= 0.05
    assert several["today"].min() > 0  # an interval of any width would pass the line above
    assert (several["today_width"] < 2.6 * several["earlier_width"]).all()


def test_one_seed_cannot_see_what_another_would_have_said():
    """Why one seed never says better: where seeds differ, it finds differences of nothing."""
    (one, *_) = verdicts.missed((0.86, 0.86), 10_000, 500)
    assert one["seeds"] == 1
    assert one["today"] > 0.4


def test_five_equal_architectures_are_all_held_apart_from_each_other_in_one_report_of_twenty():
    found = pd.DataFrame(verdicts.familywise(2000, [3]))
    assert found["today"].max() <= 0.05
    assert found["earlier"].max() > 0.06  # what the test would have found in 0.1


def test_seeds_may_be_added_until_it_holds():
    """Looks after three seeds and after each further one, up to twenty."""
    chunks = verdicts.simulate(Cell(20, (0.86, 0.86), 2000), 2000)
    before, today = np.concatenate([verdicts.looked(one, 20) for one in chunks], axis=1).mean(1)
    assert today <= 0.05
    assert before > 0.12


def test_the_shares_that_the_looks_spend_sum_to_one():
    assert sum(planning.spent(seeds) for seeds in range(3, 10**5)) == pytest.approx(1, abs=1e-4)


def test_a_difference_as_large_as_the_margin_is_seldom_called_equal():
    """Of two that truly differ by 1 point: two one-sided tests at half of 5 %."""
    layout = verdicts.layouts(Cell(10, (0.1, 0.1), 10_000, gap=1.0), 2000)
    truth = layout.estimate.mean()
    low, high = pairwise.interval(layout, 0.05, 1)
    assert ((-truth < low) & (high < truth)).mean() <= 0.025
    assert ((-2 * truth < low) & (high < 2 * truth)).mean() > 0.8


@pytest.mark.parametrize(("seeds", "sd"), [(1, 0.0), (3, 0.4), (5, 0.1)])
def test_four_in_five_of_the_detectable_differences_are_found(seeds, sd):
    """In one of ten pairs, at the level that is corrected for all."""
    (row,) = verdicts.power(2000, [(seeds, (sd, sd))], images=2000)
    assert row["found"] == pytest.approx(0.8, abs=0.03)


def test_a_plan_forecasts_the_half_width_that_is_then_seen():
    for row in verdicts.plans(500, sds=[(0.1, 0.1), (0.1, 0.86)]):
        assert row["forecast"] == pytest.approx(row["seen"], rel=0.15), row


# -- one interval, from which all else is read --


@pytest.mark.parametrize("seeds", [1, 2, 3, 5])
@pytest.mark.parametrize("pairs", [1, 10])
def test_an_interval_and_its_p_never_contradict_each_other(seeds, pairs):
    for seed in range(40):
        one, other = runs(0.80, seed, seeds, 500), runs(0.84, 100 + seed, seeds, 500)
        found = pairwise.compare(one, other, MARGIN, pairs)
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_the_p_is_the_level_at_which_an_end_of_the_interval_is_0():
    layout = uncertainty.of_difference(runs(0.8), runs(0.84, 1))
    p = pairwise.p_value(layout, 3)
    assert 0 < p < 0.05
    assert np.abs(pairwise.interval(layout, p, 3)).min() < 1e-9


def test_a_level_holds_for_all_pairs_together():
    layout = uncertainty.of_difference(runs(0.8, seeds=1), runs(0.81, 1, seeds=1))
    half = float(planning.half_width(layout, 0.05, 10))
    error = float(np.sqrt(layout.by_image / layout.images))
    assert half == pytest.approx(stats.norm.isf(0.0025) * error)


def test_all_that_is_said_of_a_pair_is_at_the_level_of_all_pairs():
    one, ten = (pairwise.compare(runs(0.8), runs(0.81, 1), MARGIN, pairs) for pairs in (1, 10))
    assert one.high - one.low < ten.high - ten.low
    assert one.p < ten.p
    assert one.detectable < ten.detectable
    assert one.floor is not None
    assert ten.floor is not None
    assert one.floor < ten.floor


def test_the_look_that_is_spent_is_that_of_the_one_with_more_seeds():
    """Else seeds that are added to one alone would be looked at for nothing."""
    layout = uncertainty.of_difference(runs(0.8, seeds=5), runs(0.81, 1, seeds=3))
    expected = uncertainty.half_width(layout, 0.05, 0.05 * planning.spent(5))
    assert planning.half_width(layout, 0.05, 1) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "high", "seeds", "expected"),
    [
        (0.001, 0.02, 3, "better"),
        (-0.02, -0.001, 3, "better"),
        (0.001, 0.002, 3, "better"),
        (-0.004, 0.004, 3, "equal within ±0.5 points"),
        (-0.004, 0.006, 3, "not decided"),
        (-0.006, 0.004, 3, "not decided"),
        (0.001, 0.02, 2, "these networks differ"),
        (0.001, 0.02, 1, "these networks differ"),
        (-0.004, 0.004, 1, "these networks are equal within ±0.5 points"),
        (-0.01, 0.01, 1, "not decided"),
    ],
)
def test_a_verdict_is_read_off_the_interval(low, high, seeds, expected):
    assert pairwise.verdict(low, high, 0.005, seeds) == expected


def test_all_right_against_all_wrong_is_better_and_no_error_is_no_certainty():
    found = pairwise.compare(ALL, ~ALL, MARGIN)
    assert (found.verdict, found.difference) == ("better", 1.0)
    assert found.p < 1e-6
    same = pairwise.compare(ALL, ALL, MARGIN)
    assert (same.p, same.difference) == (1.0, 0.0)
    assert same.low < 0 < same.high


@pytest.mark.parametrize("seeds", [1, 3])
def test_small_and_accurate_test_sets_have_intervals_with_a_width(seeds):
    for seed in range(50):
        one, other = runs(0.99, seed, seeds, 100), runs(0.99, 100 + seed, seeds, 100)
        found = pairwise.compare(one, other, MARGIN)
        assert found.low < 0 < found.high
        assert found.low <= found.difference <= found.high
        assert found.detectable > 0


def test_unequal_numbers_of_seeds_are_compared_and_the_fewer_count():
    found = pairwise.compare(runs(0.8, seeds=5), runs(0.6, 1, seeds=3), MARGIN)
    assert (found.seeds, found.verdict) == (3, "better")
    assert pairwise.compare(runs(0.8, seeds=5), runs(0.6, 1, seeds=1), MARGIN).verdict == (
        "these networks differ"
    )


def test_with_fewer_than_three_seeds_nothing_is_said_of_more():
    found = pairwise.compare(runs(0.8, seeds=2), runs(0.8, 1, seeds=2), MARGIN)
    assert (found.floor, found.seeds_needed) == (None, None)


# -- plans --


def test_a_difference_below_the_floor_needs_images_and_one_above_it_seeds():
    layout = uncertainty.of_difference(*next(verdicts.simulate(Cell(5, (0.4, 0.4), 10_000), 1)))
    layout = verdicts.expected(layout)
    floor = planning.floor(layout, 10)
    assert planning.seeds_needed(layout, 10, 0.99 * floor) == np.inf
    needed = planning.seeds_needed(layout, 10, 1.5 * floor)
    enough, fewer = (
        planning.detectable(planning.forecast(layout, int(n)), 10) for n in (needed, needed - 1)
    )
    assert enough <= 1.5 * floor < fewer


def test_a_plan_names_the_fewest_seeds_for_a_half_width():
    layout = verdicts.expected(verdicts.layouts(Cell(5, (0.4, 0.4), 10_000), 100))
    wanted = 0.008
    seeds = int(planning.seeds_for(layout, 1, wanted))
    widths = [
        float(planning.half_width(planning.forecast(layout, n), 0.05, 1))
        for n in (seeds, seeds - 1)
    ]
    assert widths[0] <= wanted < widths[1]
    assert planning.seeds_for(layout, 1, 0.001) == np.inf
    assert planning.seeds_for(layout, 1, 0.001, images=10**7) < np.inf


def test_forecasting_what_is_there_changes_nothing():
    layout = uncertainty.of_difference(runs(0.8), runs(0.81, 1))
    same = planning.forecast(layout, 3)
    assert same.by_image == pytest.approx(layout.by_image, rel=1e-6)
    assert same == replace(layout, by_image=same.by_image)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """metrics/details/hits.csv of three architectures with so many seeds, as the last commit's."""

    def write(seeds: int) -> None:
        (tmp_path / "metrics/details").mkdir(parents=True, exist_ok=True)
        tables = {}
        for number, name in enumerate("abc"):
            right = runs(0.9, number, seeds, images=10_000)
            each = [
                pd.DataFrame({"seed": seed, "index": range(10_000), "label": 1, "prediction": one})
                for seed, one in enumerate(right.T.astype(int))
            ]
            tables[name] = pd.concat(each)
        hits.pack(tables, "abc").to_csv(tmp_path / hits.HITS, index=False)

    monkeypatch.chdir(tmp_path)
    return write


def test_a_plan_is_printed_pair_by_pair(written, capsys):
    written(5)
    planning.main("0.5")
    title, *lines = capsys.readouterr().out.splitlines()
    assert title == "Seeds for intervals of ±0.5 points, 3 pairs at once:"
    assert [line.split(": ")[0] for line in lines] == ["a − b", "a − c", "b − c"]
    seeds = [int(line.split(": ")[1]) for line in lines]
    assert min(seeds) > 5
    planning.main("0.01")
    _, *lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a − b: no number of seeds, but more test images"


def test_a_plan_of_three_seeds_is_of_the_half_width_in_points(written, capsys):
    written(3)
    wanted = 100 * float(
        planning.half_width(
            planning.forecast(uncertainty.of_difference(runs_of("a"), runs_of("b")), 10), 0.05, 3
        )
    )
    for points, seeds in ((wanted * 1.001, 10), (wanted * 0.999, 11)):
        planning.main(str(points))
        assert f"a − b: {seeds}\n" in capsys.readouterr().out


def runs_of(name: str) -> np.ndarray:
    return hits.unpack(pd.read_csv(hits.HITS))[name]


@pytest.mark.parametrize("asked", ["0", "-1", "half", "nan", "100"])
def test_a_width_that_is_none_is_refused(written, asked):
    written(3)
    with pytest.raises(Refused, match=f"HALF_WIDTH = '{asked}': should be a number of points"):
        planning.main(asked)


def test_a_plan_needs_results_and_three_seeds(written):
    with pytest.raises(Refused, match=r"hits\.csv: there is no such file"):
        planning.main("0.5")
    written(2)
    with pytest.raises(Refused, match="2 seeds: a plan needs 3"):
        planning.main("0.5")


# -- tables --


def test_the_answer_is_of_the_two_best_in_one_line():
    table = pairwise.table({"weak": runs(0.6), "one": runs(0.8, 1), "best": runs(0.9, 2)}, MARGIN)
    chosen = table[(table["first"] == "best") & (table["second"] == "one")]
    (first,) = chosen.to_dict("records")
    answer = pairwise.answer(table)
    assert answer.startswith(f"best against one: {100 * first['difference']:+.2f} points [")
    assert f"], {first['verdict']}" in answer
    alone = pairwise.answer(pairwise.table({"one": runs(0.8)}, MARGIN))
    assert alone == "one architecture alone: nothing to compare"


def test_the_table_ranks_pairs_and_gives_verdicts():
    table = pairwise.table({"weak": runs(0.6), "one": runs(0.8, 1), "two": runs(0.8, 2)}, MARGIN)
    assert {*table.loc[0, ["first", "second"]]} == {"one", "two"}
    assert table["second"].tolist()[1:] == ["weak", "weak"]
    assert (table["difference"] >= 0).all()
    assert table["verdict"].tolist() == ["not decided", "better", "better"]


def test_ranks_are_what_the_verdicts_leave_open():
    names = {"weak": 0.6, "one": 0.8, "two": 0.801, "best": 0.95}
    outcomes = {name: runs(level, n) for n, (name, level) in enumerate(names.items())}
    found = pairwise.ranks(pairwise.table(outcomes, MARGIN), list(names)).set_index("architecture")
    assert list(found.loc["best"]) == [1, 1]
    assert list(found.loc["one"]) == list(found.loc["two"]) == [2, 3]
    assert list(found.loc["weak"]) == [4, 4]


def test_one_architecture_has_no_pair_and_one_rank():
    table = pairwise.table({"alone": runs(0.6)}, MARGIN)
    assert len(table) == 0
    assert "verdict" in table.columns
    assert pairwise.ranks(table, ["alone"]).to_numpy().tolist() == [["alone", 1, 1]]


def test_the_higher_accuracy_comes_first_whatever_the_names():
    found = pairwise.table({"a": runs(0.5), "b": runs(0.9), "c": runs(0.7)}, MARGIN)
    pairs = list(zip(found["first"], found["second"], strict=True))
    assert pairs == [("b", "c"), ("b", "a"), ("c", "a")]
    assert (found["difference"] > 0).all()


def test_of_one_seed_each_four_in_five_gaps_lie_beyond_the_interval():
    layout = uncertainty.of_difference(runs(0.8, seeds=1), runs(0.7, seed=1, seeds=1))
    half = float(planning.half_width(layout, 0.05, 1))
    error = np.sqrt(layout.by_image / layout.images)
    assert planning.detectable(layout, 1) == pytest.approx(half + stats.norm.ppf(0.8) * error)


def test_the_spreads_that_seeds_might_have_shown_are_on_average_the_one_they_show():
    layout = uncertainty.of_difference(runs(0.8, seeds=5), runs(0.7, seed=1, seeds=5))
    redrawn = planning._redrawn(layout)
    for drawn, shown in zip(redrawn.between, layout.between, strict=True):
        assert drawn.mean() == pytest.approx(float(shown), rel=0.02)
        assert drawn.std() == pytest.approx(float(shown) * np.sqrt(2 / 4), rel=0.1)
