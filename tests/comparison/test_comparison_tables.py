from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from archbench.base.predictions import join, make_table
from archbench.comparison import tables
from archbench.evaluation.uncertainty import of_accuracy

PREDICTIONS = {
    "one": pd.DataFrame({"index": [0, 1, 2, 3], "label": 0, "prediction": [0, 0, 1, 1]}),
    "two": pd.DataFrame({"index": [0, 1, 2, 3], "label": 0, "prediction": [0, 0, 0, 1]}),
}


def test_accuracy_with_and_without_some_images():
    found = tables.without(PREDICTIONS, [0, 3]).set_index("architecture")
    assert list(found.loc["one"]) == [0.5, 0.5, 0.5, 2]
    assert list(found.loc["two"]) == pytest.approx([0.75, 1.0, 0.5, 2])


def test_without_any_nothing_changes_and_nothing_is_said_of_none():
    found = tables.without(PREDICTIONS, [])
    assert (found["without"] == found["accuracy"]).all()
    assert found["on_them"].isna().all()


def test_numbers_stand_in_rows_and_architectures_in_columns():
    found = tables.numbers({"one": {"accuracy": 0.5, "budget": "quick"}, "two": {"accuracy": 0.6}})
    assert found.columns.tolist() == ["number", "one", "two"]
    assert found["number"].tolist() == ["accuracy", "budget"]
    assert list(found.loc[0, ["one", "two"]]) == [0.5, 0.6]


def test_joined_tables_say_whose_each_row_is():
    found = join(PREDICTIONS)
    assert found["architecture"].tolist() == ["one"] * 4 + ["two"] * 4
    assert found.columns[0] == "architecture"


def test_intervals_have_a_row_per_architecture():
    three, one = np.ones((50, 3), bool), np.arange(50)[:, None] < 40
    found = tables.intervals({"three": three, "one": one})
    assert found.columns.tolist() == [
        *("architecture", "seeds", "accuracy"),
        *("accuracy_low", "accuracy_high", "network_low", "network_high"),
    ]
    for row, name, runs in zip(
        found.to_dict("records"), ("three", "one"), (three, one), strict=True
    ):
        assert (row["architecture"], row["seeds"], row["accuracy"]) == (
            name,
            runs.shape[1],
            runs.mean(),
        )
        ends = of_accuracy(runs)
        assert {end: row[end] for end in ends} == ends
        assert sum(pd.isna(value) for value in row.values()) == 2


CLASSES = ["cat", "dog", "frog"]
LABELS = np.array([0, 1, 2])

Rows = Sequence[Sequence[float]]
"""Of each image, its probability of each class."""


def predictions(*probabilities: Rows) -> pd.DataFrame:
    """One run for each argument, three images each."""
    runs = [
        make_table(seed, LABELS, np.array(rows, np.float32), CLASSES)
        for seed, rows in enumerate(probabilities)
    ]
    return pd.concat(runs)


def test_only_what_every_run_misses_the_lowest_margin_first():
    one = [[0.2, 0.7, 0.1], [0.8, 0.2, 0.0], [0.5, 0.3, 0.2]]
    other = [[0.3, 0.4, 0.3], [0.1, 0.9, 0.0], [0.9, 0.1, 0.0]]
    found = tables.missed_by_all(predictions(one, other), CLASSES)
    assert found["index"].tolist() == [2, 0]
    assert found["actual"].tolist() == ["frog", "cat"]
    assert found["guess"].tolist() == ["cat", "dog"]
    assert found["margin"].tolist() == pytest.approx([-(0.3 + 0.9) / 2, -(0.5 + 0.1) / 2])


def test_runs_that_miss_it_for_different_classes_miss_it_all_the_same():
    one: Rows = [[0.1, 0.5, 0.4], [0, 1, 0], [0, 0, 1]]
    other: Rows = [[0.1, 0.1, 0.8], [0, 1, 0], [0, 0, 1]]
    found = tables.missed_by_all(predictions(one, other), CLASSES)
    assert found[["index", "guess"]].to_numpy().tolist() == [[0, "frog"]]
    assert found["margin"].tolist() == pytest.approx([-(0.4 + 0.7) / 2])


def test_the_guess_is_another_class_also_where_the_label_has_most_in_the_mean():
    one: Rows = [[0.45, 0.55, 0], [0, 1, 0], [0, 0, 1]]
    other: Rows = [[0.45, 0, 0.55], [0, 1, 0], [0, 0, 1]]
    third: Rows = [[0.4, 0.6, 0], [0, 1, 0], [0, 0, 1]]
    found = tables.missed_by_all(predictions(one, other, third), CLASSES)
    assert found[["actual", "guess"]].to_numpy().tolist() == [["cat", "dog"]]


def test_all_of_them_and_none_where_all_is_right():
    wrong = [[0, 1, 0], [1, 0, 0], [0, 1, 0]]
    many = pd.concat(
        table.assign(index=table["index"] + 3 * k)
        for k, table in enumerate([predictions(wrong)] * 50)
    )
    assert tables.missed_by_all(many, CLASSES)["index"].tolist() == list(range(150))
    right = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert len(tables.missed_by_all(predictions(right), CLASSES)) == 0
