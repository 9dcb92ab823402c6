"""What the captions say is so, in every case."""

import example_records
import pandas as pd
import pytest
import synthetic

from archbench.report import captions

NUMBERS = pd.DataFrame(
    {
        "accuracy": [0.9, 0.8, 0.7],
        "train_petaflop": [20.0, 30.0, 10.0],
        "gflops": [2.0, 1.0, 3.0],
        "scaled_ece": [0.03, 0.01, 0.02],
        "scaled_ece_floor": [0.004, 0.005, 0.006],
    },
    index=["b", "c", "a"],
)


def table(columns: str, *rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def test_the_accuracies_go_from_the_last_to_the_first():
    assert captions.accuracy(NUMBERS) == "From 70.0 % (a) to 90.0 % (b)."
    alone = captions.accuracy(NUMBERS.head(1))
    assert alone == "b gets 90.0 % of the test images right."


def test_both_fronts_are_named_cheapest_first():
    assert captions.cost(NUMBERS) == "The Pareto front of training: a, b; of prediction: c, b."


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.1, 0.2, "The interval of the difference leaves out 0."),
        (-0.2, -0.1, "The interval of the difference leaves out 0."),
        (0.0, 0.1, "The interval of the difference holds 0."),
    ],
)
def test_one_difference_is_told_or_not(low, high, text):
    assert captions.differences(table("low high", (low, high))) == text


def test_several_differences_are_counted():
    pairs = table("low high", (0.1, 0.2), (-0.1, 0.2), (-0.2, -0.1))
    assert captions.differences(pairs) == "2 of 3 intervals leave out 0."


def test_the_mistake_is_the_best_s_that_takes_the_largest_share_and_no_hit():
    cells = table(
        "architecture actual predicted share",
        ("b", "cat", "cat", 0.9),
        ("b", "cat", "dog", 0.08),
        ("b", "dog", "cat", 0.02),
        ("a", "dog", "cat", 0.5),
    )
    found = captions.confusion(cells, "b")
    assert found == "The largest share of a class that b mistakes: cat for dog, 8.0 %."
    none = captions.confusion(cells.assign(share=0.0), "b")
    assert none == "b makes no mistake."


def test_recalls_are_means_over_architectures():
    classes = table(
        "architecture class recall",
        ("a", "x", 0.5),
        ("a", "y", 0.6),
        ("b", "x", 0.9),
        ("b", "y", 0.7),
    )
    assert captions.recall(classes) == "The mean recall goes from 65.0 % (y) to 70.0 % (x)."


def test_the_lowest_calibration_error_stands_beside_chance():
    found = captions.calibration(NUMBERS)
    assert found == "Lowest scaled ECE: c, 1.0 %; by chance alone it would be 0.5 %."
    alone = captions.calibration(NUMBERS.head(1))
    assert alone == "Scaled ECE: b, 3.0 %; by chance alone it would be 0.4 %."


def test_the_risk_is_the_best_s_at_the_point_nearest_to_half():
    curves = table(
        "architecture coverage risk",
        ("b", 0.25, 0.01),
        ("b", 0.52, 0.02),
        ("b", 1.0, 0.1),
        ("a", 0.5, 0.4),
    )
    assert captions.risk(curves, "b") == "Of the surest 52.0 % of b's predictions, 2.0 % are wrong."


def test_robustness_is_the_best_s_mean_over_corruptions_and_nothing_where_it_was_not_run():
    rows = table(
        "corruption architecture severity seed accuracy",
        ("fog", "b", 0, 0, 0.9),
        ("fog", "b", 5, 0, 0.5),
        ("fog", "b", 5, 1, 0.3),
        ("noise", "b", 0, 0, 0.9),
        ("noise", "b", 5, 0, 0.4),
        ("noise", "a", 5, 0, 0.0),
    )
    assert captions.robustness(rows, "b") == (
        "In the mean over corruptions, b is right on 90.0 % of the images at severity 0, and on "
        "40.0 % at severity 5."
    )
    assert captions.robustness(pd.DataFrame(), "b") == ""


def run(name: str, best_epoch: int):
    return example_records.run(architecture=name, best_epoch=best_epoch, epochs=3)


def test_more_epochs_might_help_where_no_run_was_past_its_best():
    runs = [run("a", 3), run("a", 3), run("b", 3), run("b", 2)]
    found = captions.learning(runs)
    assert found == "Best in the last epoch of every run, so more epochs might help: a."
    none = captions.learning(runs[2:])
    assert none == "No architecture was best in the last epoch of every run."


@pytest.mark.parametrize("robustness", [True, False])
def test_every_figure_has_its_finding(robustness):
    results = synthetic.results({"fast": 3.0, "slow": 0.3}, robustness=robustness)
    found = captions.findings(results.numbers, results.runs, results.tables)
    assert bool(found.pop("Robustness")) == robustness
    assert all(sentence.endswith(".") for sentence in found.values())
    assert f"fast, {100 * results.numbers['scaled_ece']['fast']:.1f} %" in found["Calibration"]
