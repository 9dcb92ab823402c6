"""What each figure shows, worked out by hand."""

import pandas as pd
import pytest
import synthetic

from archbench.report import frames

NUMBERS = pd.DataFrame(
    {
        "accuracy": [0.9, 0.8, 0.7],
        "seeds": [3, 3, 3],
        "accuracy_low": [0.85, 0.75, 0.6],
        "accuracy_high": [0.92, 0.83, 0.75],
        "network_low": [0.89, 0.79, 0.69],
        "network_high": [0.91, 0.81, 0.71],
        "train_petaflop": [20.0, 30.0, 10.0],
        "gflops": [2.0, 1.0, 3.0],
    },
    index=["b", "c", "a"],
)


def table(columns: str, *rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        found[expected.columns].reset_index(drop=True), expected, check_dtype=False
    )


def test_accuracies_are_ranked_with_the_ends_of_their_interval_and_every_seed():
    seeds = table("architecture seed accuracy", ("b", 0, 0.88), ("a", 0, 0.7), ("b", 1, 0.92))
    expected = table(
        "architecture accuracy low high seeds seed of_seed",
        ("b", 0.9, 0.85, 0.92, 3, 0, 0.88),
        ("b", 0.9, 0.85, 0.92, 3, 1, 0.92),
        ("a", 0.7, 0.6, 0.75, 3, 0, 0.7),
    )
    same(frames.accuracies(NUMBERS.drop("c"), seeds), expected)


def test_the_interval_of_few_seeds_is_of_their_networks():
    found = frames.with_ends(NUMBERS.assign(seeds=2))
    assert found["low"].tolist() == [0.89, 0.79, 0.69]
    assert found["high"].tolist() == [0.91, 0.81, 0.71]


def test_costs_name_the_pareto_front_of_each_kind():
    expected = table(
        "kind architecture cost accuracy low high front",
        ("training", "b", 2e16, 0.9, 0.85, 0.92, True),
        ("training", "c", 3e16, 0.8, 0.75, 0.83, False),
        ("training", "a", 1e16, 0.7, 0.6, 0.75, True),
        ("prediction", "b", 2e9, 0.9, 0.85, 0.92, True),
        ("prediction", "c", 1e9, 0.8, 0.75, 0.83, True),
        ("prediction", "a", 3e9, 0.7, 0.6, 0.75, False),
    )
    same(frames.costs(NUMBERS), expected)


def test_the_front_is_cheapest_first_and_needs_to_be_better_than_what_costs_less_or_as_much():
    numbers = table("cost accuracy", (2, 0.8), (1, 0.5), (1, 0.6), (3, 0.8), (4, 0.9))
    assert [int(row) for row in frames.front(numbers, "cost")] == [2, 0, 4]


def test_costs_that_are_the_same_to_two_digits_are_the_same():
    numbers = pd.DataFrame({"cost": [0.0499, 0.0502, 0.041], "accuracy": [0.6, 0.9, 0.5]})
    assert [int(row) for row in frames.front(numbers, "cost")] == [2, 1]


def test_recalls_stand_by_the_hardest_class_in_the_mean():
    classes = table(
        "architecture class recall recall_low recall_high",
        ("b", "x", 0.9, 0.8, 0.95),
        ("b", "y", 0.1, 0.05, 0.3),
        ("a", "x", 0.2, 0.1, 0.4),
        ("a", "y", 0.3, 0.2, 0.5),
    )
    expected = table(
        "architecture class place recall recall_low recall_high",
        ("b", "y", 0, 0.1, 0.05, 0.3),
        ("b", "x", 1, 0.9, 0.8, 0.95),
        ("a", "y", 0, 0.3, 0.2, 0.5),
        ("a", "x", 1, 0.2, 0.1, 0.4),
    )
    same(frames.recalls(classes), expected)


def test_of_many_classes_the_hardest_recalls_are_shown():
    rows = [("a", f"class {n}", n / 100, 0.0, 1.0) for n in reversed(range(30))]
    found = frames.recalls(table("architecture class recall recall_low recall_high", *rows))
    assert found["class"].tolist() == [f"class {n}" for n in range(20)]


LEARNED = table(
    "architecture seed epoch train_accuracy validation_accuracy train_loss validation_loss stopped",
    ("a", 0, 1, 0.125, 0.25, 8.0, 4.0, None),
    ("a", 1, 1, 0.375, 0.75, 6.0, 2.0, None),
    ("a", 0, 2, 0.5, 0.625, 1.0, 0.5, "stagnation"),
    ("b", 0, 1, 0.1, 0.2, 9.0, 7.0, None),
)


@pytest.mark.parametrize(
    ("quantity", "images", "first", "second", "b"),
    [
        ("accuracy", "validation", (0.5, 0.25, 0.75), 0.625, 0.2),
        ("accuracy", "training", (0.25, 0.125, 0.375), 0.5, 0.1),
        ("loss", "validation", (3.0, 2.0, 4.0), 0.5, 7.0),
        ("loss", "training", (7.0, 6.0, 8.0), 1.0, 9.0),
    ],
)
def test_learning_curves_are_the_mean_of_the_seeds_between_lowest_and_highest(
    quantity, images, first, second, b
):
    found = frames.learning_curves(LEARNED)
    found = found[(found["quantity"] == quantity) & (found["images"] == images)]
    expected = table(
        "architecture epoch mean min max seeds",
        ("a", 1, *first, 2),
        ("a", 2, second, second, second, 2),
        ("b", 1, b, b, b, 1),
    )
    same(found, expected)


def test_a_stop_is_at_the_validation_quantities_of_its_epoch():
    expected = table(
        "architecture seed epoch accuracy loss rule", ("a", 0, 2, 0.625, 0.5, "stagnation")
    )
    same(frames.stops(LEARNED), expected)


def test_reliabilities_are_as_trained_and_scaled_and_dots_grow_with_their_count():
    columns = "architecture confidence accuracy count"
    trained, scaled = (
        table(columns, ("a", 0.9, 0.7, 10), ("a", 0.3, 0.25, 5)),
        table(columns, ("a", 0.8, 0.75, 20)),
    )
    expected = table(
        "temperature architecture confidence accuracy count area",
        ("none", "a", 0.9, 0.7, 10, 124.0),
        ("none", "a", 0.3, 0.25, 5, 64.0),
        ("fitted", "a", 0.8, 0.75, 20, 244.0),
    )
    same(frames.reliabilities(trained, scaled), expected)


def test_risk_and_coverage_are_what_they_are_called():
    curves = table("architecture coverage risk", ("a", 0.5, 0.01), ("a", 1.0, 0.1))
    same(frames.risk_coverage(curves), curves)


def test_robustness_is_the_mean_over_seeds_in_the_order_of_the_corruptions():
    rows = table(
        "corruption architecture severity seed accuracy",
        ("noise", "b", 3, 0, 0.5),
        ("noise", "b", 3, 1, 0.25),
        ("noise", "b", 0, 0, 1.0),
        ("fog", "a", 0, 0, 0.75),
    )
    expected = table(
        "corruption architecture severity accuracy",
        ("noise", "b", 0, 1.0),
        ("noise", "b", 3, 0.375),
        ("fog", "a", 0, 0.75),
    )
    same(frames.robustness(rows), expected)


CONFUSION = table(
    "architecture actual predicted share",
    ("a", "cat", "cat", 0.99503),
    ("a", "cat", "dog", 0.00497),
    ("a", "dog", "cat", 0.25),
    ("a", "dog", "dog", 0.75),
)


def test_a_confusion_is_by_actual_and_predicted_in_the_order_of_the_classes():
    expected = table(
        "architecture actual predicted share text",
        ("a", "dog", "dog", 0.75, "75"),
        ("a", "dog", "cat", 0.25, "25"),
        ("a", "cat", "dog", 0.00497, ""),
        ("a", "cat", "cat", 0.99503, "100"),
    )
    both = pd.concat([CONFUSION.assign(architecture="b"), CONFUSION])
    expected = pd.concat([expected.assign(architecture="b"), expected], ignore_index=True)
    same(frames.confusions(both, ["dog", "cat"]), expected)


@pytest.mark.parametrize(("count", "text"), [(12, "100"), (13, "")])
def test_of_more_than_twelve_classes_no_cell_has_a_text(count, text):
    names = [str(number) for number in range(count)]
    rows = [("a", one, other, float(one == other)) for one in names for other in names]
    found = frames.confusions(table("architecture actual predicted share", *rows), names)
    assert found["text"].tolist()[0] == text


def test_few_classes_are_drawn_cell_by_cell():
    classes = [str(number) for number in range(20)]
    confusion = synthetic.results({"fast": 3.0}, classes=classes).tables["confusion"]
    assert frames.plotted_confusion(confusion, classes) is confusion


def test_of_many_classes_every_image_is_drawn_in_the_order_of_the_classes():
    classes = [f"class {7 * number % 100}" for number in range(100)]
    confusion = synthetic.results({"fast": 2.0, "slow": 0.3}, classes=classes).tables["confusion"]
    drawn = frames.plotted_confusion(confusion, classes)
    assert drawn.groupby("architecture")["count"].sum().tolist() == [300, 300]
    assert len(drawn) < 0.1 * len(confusion)
    for axis in ("actual", "predicted"):
        assert drawn[axis].drop_duplicates().tolist() == classes
