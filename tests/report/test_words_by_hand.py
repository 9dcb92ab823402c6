"""Each sentence of the report, whole: a claim must not change unseen."""

import pandas as pd
import pytest

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
FEW = NUMBERS.assign(seeds=[3, 2])
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


def test_the_answer_of_several_pairs_is_that_of_the_first():
    assert words.answer(NUMBERS, PAIRS) == (
        "a reaches 90.0 ± 3.0 % test accuracy, 10.0 points [6.0, 15.0] ahead of b: better "
        "(p = 0.002 over 2 pairs, 3 seeds each)."
    )


def test_the_answer_of_two_seeds_that_trained_on_other_images():
    pairs = PAIRS.head(1).assign(seeds=2, verdict="these networks differ")
    numbers = FEW.assign(train_images=[45000, 2000], epochs=[30, 8])
    assert words.answer(numbers, pairs) == (
        "a reaches 90.0 ± 3.0 % test accuracy, 10.0 points [6.0, 15.0] ahead of b: these networks "
        "differ; another seed could turn it round (p = 0.002, 2 seeds each). It trained on "
        "45,000 × 30 images, not 2,000 × 8."
    )


def test_the_answer_of_one_alone():
    alone = NUMBERS.head(1)
    assert (
        words.answer(alone, PAIRS.head(0)) == "a reaches 90.0 ± 3.0 % test accuracy; it ran alone."
    )


def test_the_answer_begins_with_those_that_guess():
    said = "with seed 0, it predicts one class"
    reached = "a reaches 90.0 ± 3.0 % test accuracy; it ran alone."
    one, both = NUMBERS.assign(at_chance=[None, said]), NUMBERS.assign(at_chance=said)
    second = f"b has learned nothing: {said}. "
    assert words.answer(one, PAIRS.head(0)) == second + reached
    first = f"a has learned nothing: {said}. "
    assert words.answer(both, PAIRS.head(0)) == first + second + reached


@pytest.mark.parametrize(
    ("p", "pairs", "seeds", "text"),
    [
        (0.0009, 1, 1, "p < 0.001, one seed each"),
        (0.001, 1, 2, "p = 0.001, 2 seeds each"),
        (0.0456, 2, 3, "p = 0.046 over 2 pairs, 3 seeds each"),
    ],
)
def test_the_evidence(p, pairs, seeds, text):
    assert words.evidence({"p": p, "seeds": seeds}, pairs) == text


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
        "looked at. Better: the interval leaves out 0. Equal: it lies within the margin of "
        "params.yaml. The p is the least error rate at which it would leave out 0."
    )
    assert words.pairs_note(FEW) == (
        "In 95 % of such reports every interval holds its true difference, for other test images "
        "and these trained networks, however many pairs there are. These networks differ: the "
        "interval leaves out 0; another seed could turn it round. Three seeds each are the fewest "
        "that say something of the architectures."
    )


def run(**changes: object) -> dict:
    found = {"train_images": 45000, "validation_images": 5000, "recipes": "tuned", "seed": 0}
    found |= {"budget": "full", "device": "GPU", "threads": 2, "precision": "bf16"}
    return found | {"versions": {"torch": "2.13", "python": "3.11"}} | changes


def test_the_conditions_of_all_runs():
    runs = [run(), run(seed=1, threads=1, versions={"torch": "2.12", "python": "3.11"}), run()]
    assert words.conditions({"title": "CIFAR-10"}, runs, NUMBERS) == {
        "data set": "CIFAR-10: 45000 train, 5000 validation, 10000 test images",
        "recipes": "tuned",
        "budget": "full",
        "seeds": "0, 1",
        "weights": "of the epoch with the best validation accuracy",
        "prediction": "from each test image as it is",
        "device": "GPU, 2, 1 threads",
        "precision": "bf16",
        "torch": "2.13, 2.12",
        "python": "3.11",
    }
    assert words.conditions({"title": "CIFAR-10"}, runs[:1], NUMBERS)["torch"] == "2.13"
    flipped = words.conditions(
        {"title": "CIFAR-10"}, runs, NUMBERS.assign(test_time_flip=[False, True])
    )
    assert flipped["prediction"] == "the mean over each test image and its mirror image"


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
    "The quick budget caps epochs, images and regularisation, but for recipes made for it: it "
    "shows what minutes can do, not how good architectures become, and not under the same "
    "conditions. The columns on training say what each was given."
)
DETECTABLE = (
    " A true difference below 2.0 to 4.0 points, depending on the pair, would be missed more than "
    "once in five tries."
)


def test_the_limits_of_three_seeds():
    assert words.limits(NUMBERS, PAIRS, [run(), run(budget="quick")]) == [
        CHOSEN,
        "Intervals are for other test images of the same kind and other seeds. They are not for "
        f"another split, other recipes or other data.{DETECTABLE} On so many test images no number "
        "of seeds brings that below 1.2 to 3.0 points.",
        QUICK,
    ]


def test_the_limits_of_fewer():
    assert words.limits(FEW, PAIRS.assign(floor=None), [run()]) == [
        CHOSEN,
        "Fewer than three seeds each: intervals and verdicts are of these trained networks, and "
        "nothing here says how far another seed would move a figure. Run three seeds or more "
        f"before you prefer an architecture.{DETECTABLE}",
    ]


def test_one_architecture_has_no_gap_to_detect_and_equal_gaps_are_one():
    assert words.smallest(PAIRS.head(0)) == ""
    assert "below 2.0 points, depending" in words.smallest(PAIRS.head(1))
