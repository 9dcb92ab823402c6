import numpy as np
import pandas as pd
import pytest

from archbench.base.predictions import join
from archbench.comparison import tables
from archbench.evaluation.uncertainty import of_accuracy

PREDICTIONS = {
    "one": pd.DataFrame({"index": [0, 1, 2, 3], "label": 0, "prediction": [0, 0, 1, 1]}),
    "two": pd.DataFrame({"index": [0, 1, 2, 3], "label": 0, "prediction": [0, 0, 0, 1]}),
}


def test_accuracy_with_and_without_some_images():
    found = tables.without(PREDICTIONS, [0, 3]).set_index("architecture")
    assert found.loc["one"].tolist() == [0.5, 0.5, 0.5, 2]
    assert found.loc["two"].tolist() == pytest.approx([0.75, 1.0, 0.5, 2])


def test_without_any_nothing_changes_and_nothing_is_said_of_none():
    found = tables.without(PREDICTIONS, [])
    assert (found["without"] == found["accuracy"]).all()
    assert found["on_them"].isna().all()


def test_numbers_stand_in_rows_and_architectures_in_columns():
    found = tables.numbers({"one": {"accuracy": 0.5, "budget": "quick"}, "two": {"accuracy": 0.6}})
    assert found.columns.tolist() == ["number", "one", "two"]
    assert found["number"].tolist() == ["accuracy", "budget"]
    assert found.loc[0, ["one", "two"]].tolist() == [0.5, 0.6]


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
