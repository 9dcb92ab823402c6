"""Each sentence of the report, whole: a claim must not change unseen."""

import example_records
import pandas as pd
import pytest
import synthetic

from archbench.report import words

NUMBERS = pd.DataFrame(
    {
        "accuracy": [0.9, 0.8],
        "accuracy_low": [0.87, 0.75],
        "accuracy_high": [0.91, 0.83],
        "network_low": [0.89, 0.78],
        "network_high": [0.92, 0.81],
        "seeds": [3, 3],
        "train_images": [45000, 45000],
        "epochs": [30, 30],
        "test_images": [10000, 10000],
        "test_time_flip": [False, False],
    },
    index=["a", "b"],
)
FEW = NUMBERS.assign(seeds=[1, 2])
MIXED = NUMBERS.assign(seeds=[3, 2])
PAIRS = pd.DataFrame(
    [
        {
            "first": "a", "second": "b", "difference": 0.1, "low": 0.06, "high": 0.15, "p": 0.002,
            "seeds": 3, "verdict": "better", "detectable": 0.02, "floor": 0.0124,
        },
        {
            "first": "a", "second": "c", "difference": 0.5, "low": 0.4, "high": 0.6, "p": 0.5,
            "seeds": 9, "verdict": "not decided", "detectable": 0.04, "floor": 0.03,
        },
    ]
)  # fmt: skip


def test_what_an_accuracy_s_interval_covers():
    assert words.accuracy_note(NUMBERS) == (
        "The interval is for other test images of the kind and other seeds, of one architecture "
        "by itself and of this number of seeds; sd is that of the seeds."
    )
    assert words.accuracy_note(FEW) == (
        "The interval is for other test images of the kind and these trained networks. What other "
        "seeds would give is not known from fewer than three."
    )


def test_what_the_intervals_of_the_pairs_promise():
    assert words.pairs_note(NUMBERS) == (
        "In 95 % of such reports every interval holds its true difference, for other test images "
        "and other seeds, however many pairs there are and however often seeds are added and "
        "looked at. Better: the interval leaves out 0. Equal: it lies within the margin that the "
        "verdict names. The p is the least error rate at which it would leave out 0."
    )
    assert words.pairs_note(FEW) == (
        "In 95 % of such reports every interval holds its true difference, for other test images "
        "and these trained networks, however many pairs there are. These networks differ: the "
        "interval leaves out 0; another seed could turn it round. Three seeds each are the fewest "
        "that say something of the architectures."
    )


@pytest.mark.parametrize("note", [words.accuracy_note, words.pairs_note])
def test_where_some_have_three_seeds_and_some_fewer_both_are_said(note):
    """External models may have other runs than the architectures trained here."""
    said = note(MIXED)
    assert " with three runs or more each: " in said
    assert note(NUMBERS) in said
    assert said.endswith(f" The others: {note(FEW)}")
    assert words.accuracy_title(MIXED) == "test accuracy"


@pytest.mark.parametrize(
    ("count", "note"),
    [
        (12, "Percent of each actual class; a cell without a number rounds to 0."),
        (13, "The darker, the larger the share of the actual class."),
        (20, "The darker, the larger the share of the actual class."),
        (
            21,
            "21 classes, of which some are named. The square root of its share of the actual class "
            "shades a cell: half as dark is a quarter as often.",
        ),
    ],
)
def test_how_a_confusion_matrix_is_read(count, note):
    assert words.confusion_note([""] * count) == note


CHOSEN = (
    "All that is chosen (epochs, temperatures, thresholds) is chosen on validation images. Test "
    "images only judge."
)
QUICK = (
    "The quick budget gives every architecture the same training compute, and no more "
    "augmentation than crop and flip. It shows what minutes can do, not how good architectures "
    "become: with more compute the order may be another."
)
DETECTABLE = (
    " A true difference below 2.0 to 4.0 points, depending on the pair, would be missed more than "
    "once in five tries."
)


def test_the_limits_of_three_seeds():
    assert words.limits(
        NUMBERS, PAIRS, [example_records.run(budget="full"), example_records.run(budget="quick")]
    ) == [
        CHOSEN,
        "Intervals are for other test images of the same kind and other seeds. They are not for "
        f"another split, other recipes or other data.{DETECTABLE} On so many test images no number "
        "of seeds brings that below 1.2 to 3.0 points.",
        QUICK,
    ]


def test_the_limits_of_fewer():
    assert words.limits(FEW, PAIRS.assign(floor=None), [example_records.run(budget="full")]) == [
        CHOSEN,
        "Fewer than three seeds each: intervals and verdicts are of these trained networks, and "
        "nothing here says how far another seed would move a figure. Run three seeds or more "
        f"before you prefer an architecture.{DETECTABLE}",
    ]


def test_the_limits_of_both():
    _, said = words.limits(MIXED, PAIRS.head(0), [example_records.run(budget="full")])
    assert said == (
        "With fewer than three seeds each, intervals and verdicts are of these trained networks, "
        "and nothing here says how far another seed would move a figure. The others are for other "
        "test images of the same kind and other seeds. None is for another split, other recipes or "
        "other data."
    )


def test_one_architecture_has_no_gap_to_detect_and_equal_gaps_are_one():
    assert words.smallest(PAIRS.head(0)) == ""
    assert "below 2.0 points, depending" in words.smallest(PAIRS.head(1))


TWO = {"fast": 3.0, "slow": 0.3}


def test_the_interval_shows_its_further_end():
    row = pd.Series({"accuracy": 0.9, "seeds": 3, "accuracy_low": 0.88, "accuracy_high": 0.91})
    assert words.interval(row) == "90.0 ± 2.0 %"


def test_an_interval_is_the_architecture_s_or_of_few_seeds_its_networks_and_says_so():
    for seeds, title in (
        (1, "test accuracy of this network"),
        (2, "test accuracy of these networks"),
        (3, "test accuracy"),
    ):
        numbers = synthetic.results(TWO, seeds=seeds).numbers
        (row,) = (row for _, row in numbers.loc[["fast"]].iterrows())
        name = "accuracy" if seeds == 3 else "network"
        assert words.ends(row) == (row[f"{name}_low"], row[f"{name}_high"])
        assert words.accuracy_title(numbers) == title
        assert ("other seeds, of one" in words.accuracy_note(numbers)) == (seeds == 3)
        assert ("however often seeds are added" in words.pairs_note(numbers)) == (seeds == 3)


def limits(results) -> str:
    return " ".join(words.limits(results.numbers, results.tables["pairwise"], results.runs))


@pytest.mark.parametrize("budget", ["quick", "full"])
def test_the_limits_name_the_budget_that_needs_it(budget):
    said = limits(synthetic.results(TWO, budget=budget))
    assert ("quick budget" in said) == (budget == "quick")


def test_the_limits_say_what_could_not_be_detected():
    one, three = synthetic.results(TWO), synthetic.results(TWO, seeds=3)
    assert "Fewer than three seeds each" in limits(one)
    assert "Fewer than three seeds each" not in limits(three)
    gap = 100 * one.tables["pairwise"]["detectable"][0]
    assert f"below {gap:.1f} points" in limits(one)
    assert "no number of seeds" not in limits(one)
    floor = 100 * three.tables["pairwise"]["floor"][0]
    assert f"no number of seeds brings that below {floor:.1f} points" in limits(three)
