"""McNemar's p and Holm's are those of statsmodels."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import mcnemar as theirs
from statsmodels.stats.multitest import multipletests

from archbench.judge import mcnemar

PAIRS = [(0, 0), (1, 0), (0, 7), (5, 5), (3, 12), (40, 41), (900, 1100), (0, 3000)]


def test_p_is_statsmodels_exact_p():
    first, second = np.array(PAIRS).T
    expected = [theirs([[0, b], [c, 0]], exact=True).pvalue for b, c in PAIRS]
    assert mcnemar.exact(first, second) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("count", [1, 2, 30])
def test_the_adjusted_p_is_statsmodels(count):
    p = np.random.default_rng(count).uniform(size=count) ** 4
    p[: count // 3] = p[0]  # equal ones
    assert mcnemar.holm(p) == pytest.approx(multipletests(p, method="holm")[1], rel=1e-12)


def test_the_table_counts_what_one_alone_gets_right():
    hits = {
        "a": np.array([1, 1, 1, 1, 0, 0], bool)[:, None],
        "b": np.array([1, 0, 0, 0, 1, 0], bool)[:, None],
        "c": np.array([0, 0, 0, 0, 0, 0], bool)[:, None],
    }
    pairs = pd.DataFrame([("a", "b"), ("a", "c"), ("b", "c")], columns=["first", "second"])
    found = mcnemar.table(pairs, hits)
    assert found[["first_only", "second_only"]].to_numpy().tolist() == [[3, 1], [4, 0], [2, 0]]
    assert found["mcnemar_p"].tolist() == [0.625, 0.125, 0.5]
    assert found["mcnemar_holm_p"].tolist() == [1.0, 0.375, 1.0]


def test_several_runs_have_no_such_p_and_the_others_are_adjusted_without_them():
    one, two = np.array([[True], [False], [False]]), np.ones((3, 2), bool)
    pairs = pd.DataFrame([("two", "one"), ("other", "one")], columns=["first", "second"])
    found = mcnemar.table(pairs, {"one": one, "two": two, "other": ~one})
    assert found.isna().all(axis=1).tolist() == [True, False]
    assert found["mcnemar_p"][1] == found["mcnemar_holm_p"][1] == 1.0
    assert mcnemar.table(pairs[:1], {"one": one, "two": two}).isna().all(axis=None)
    assert mcnemar.table(pairs[:0], {}).empty
