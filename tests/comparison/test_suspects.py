import numpy as np
import pandas as pd
import pytest

from archbench.comparison.suspects import suspects
from archbench.evaluation.predictions import make_table

CLASSES = ["cat", "dog", "frog"]
LABELS = np.array([0, 1, 2])


def predictions(*probabilities: list[list[float]]) -> pd.DataFrame:
    """One run for each argument, three images each."""
    runs = [
        make_table(seed, LABELS, np.array(rows, np.float32), CLASSES)
        for seed, rows in enumerate(probabilities)
    ]
    return pd.concat(runs)


def test_only_what_every_run_doubts_the_surest_first():
    one = [[0.2, 0.7, 0.1], [0.8, 0.2, 0.0], [0.5, 0.3, 0.2]]
    other = [[0.3, 0.4, 0.3], [0.1, 0.9, 0.0], [0.9, 0.1, 0.0]]
    found = suspects(predictions(one, other), CLASSES)
    assert found["index"].tolist() == [2, 0]
    assert found["label"].tolist() == ["frog", "cat"]
    assert found["guess"].tolist() == ["cat", "dog"]
    assert found["margin"].tolist() == pytest.approx([-(0.3 + 0.9) / 2, -(0.5 + 0.1) / 2])


def test_runs_that_doubt_for_different_classes_doubt_all_the_same():
    one = [[0.1, 0.5, 0.4], [0, 1, 0], [0, 0, 1]]
    other = [[0.1, 0.1, 0.8], [0, 1, 0], [0, 0, 1]]
    found = suspects(predictions(one, other), CLASSES)
    assert found[["index", "guess"]].to_numpy().tolist() == [[0, "frog"]]
    assert found["margin"].tolist() == pytest.approx([-(0.4 + 0.7) / 2])


def test_no_more_than_asked_and_none_where_all_is_right():
    wrong = [[0, 1, 0], [1, 0, 0], [0, 1, 0]]
    assert len(suspects(predictions(wrong), CLASSES, most=2)) == 2
    right = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert len(suspects(predictions(right), CLASSES)) == 0
