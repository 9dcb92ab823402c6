import numpy as np
import pandas as pd
import pytest

from archbench.base.predictions import make_table
from archbench.comparison.missed import missed_by_all

CLASSES = ["cat", "dog", "frog"]
LABELS = np.array([0, 1, 2])


def predictions(*probabilities: list[list[float]]) -> pd.DataFrame:
    """One run for each argument, three images each."""
    runs = [
        make_table(seed, LABELS, np.array(rows, np.float32), CLASSES)
        for seed, rows in enumerate(probabilities)
    ]
    return pd.concat(runs)


def test_only_what_every_run_misses_the_lowest_margin_first():
    one = [[0.2, 0.7, 0.1], [0.8, 0.2, 0.0], [0.5, 0.3, 0.2]]
    other = [[0.3, 0.4, 0.3], [0.1, 0.9, 0.0], [0.9, 0.1, 0.0]]
    found = missed_by_all(predictions(one, other), CLASSES)
    assert found["index"].tolist() == [2, 0]
    assert found["label"].tolist() == ["frog", "cat"]
    assert found["guess"].tolist() == ["cat", "dog"]
    assert found["margin"].tolist() == pytest.approx([-(0.3 + 0.9) / 2, -(0.5 + 0.1) / 2])


def test_runs_that_miss_it_for_different_classes_miss_it_all_the_same():
    one = [[0.1, 0.5, 0.4], [0, 1, 0], [0, 0, 1]]
    other = [[0.1, 0.1, 0.8], [0, 1, 0], [0, 0, 1]]
    found = missed_by_all(predictions(one, other), CLASSES)
    assert found[["index", "guess"]].to_numpy().tolist() == [[0, "frog"]]
    assert found["margin"].tolist() == pytest.approx([-(0.4 + 0.7) / 2])


def test_the_guess_is_another_class_also_where_the_label_has_most_in_the_mean():
    one = [[0.45, 0.55, 0], [0, 1, 0], [0, 0, 1]]
    other = [[0.45, 0, 0.55], [0, 1, 0], [0, 0, 1]]
    third = [[0.4, 0.6, 0], [0, 1, 0], [0, 0, 1]]
    found = missed_by_all(predictions(one, other, third), CLASSES)
    assert found[["label", "guess"]].to_numpy().tolist() == [["cat", "dog"]]


def test_all_of_them_and_none_where_all_is_right():
    wrong = [[0, 1, 0], [1, 0, 0], [0, 1, 0]]
    many = pd.concat(
        predictions(wrong).assign(index=lambda table, k=k: table["index"] + 3 * k)
        for k in range(50)
    )
    assert missed_by_all(many, CLASSES)["index"].tolist() == list(range(150))
    right = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert len(missed_by_all(predictions(right), CLASSES)) == 0
