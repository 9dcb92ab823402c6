"""The selections, on images few enough to select by hand."""

import numpy as np
import pandas as pd
import pytest

from archbench.base.errors import Refused
from archbench.gallery import views
from archbench.gallery.views import Network

LABELS = np.array([0, 1, 2, 0])


def network(name: str, *rows: tuple[float, float, float]) -> Network:
    return Network(name, LABELS, np.array(rows))


A = network("a", (0.2, 0.7, 0.1), (0.1, 0.8, 0.1), (0.9, 0.0, 0.1), (0.36, 0.33, 0.31))
B = network("b", (0.9, 0.1, 0.0), (0.6, 0.4, 0.0), (0.5, 0.2, 0.3), (0.1, 0.6, 0.3))


def test_the_surest_mistakes_and_the_least_sure_hits():
    assert views.mistakes(A).tolist() == [2, 0]
    assert views.unsure_but_right(A).tolist() == [3]
    assert views.unsure_but_right(B).tolist() == []


def test_who_alone_is_wrong():
    assert views.alone(A, [B]).tolist() == [0]
    assert views.alone(B, [A]).tolist() == [1, 3]  # equally sure: in the order of the test set


def test_of_what_it_alone_gets_wrong_the_surest_comes_first():
    labels = np.array([0, 0])
    one = Network("one", labels, np.array([[0.4, 0.6], [0.1, 0.9]]))
    right = Network("right", labels, np.array([[0.6, 0.4], [0.7, 0.3]]))
    assert views.alone(one, [right]).tolist() == [1, 0]
    half = Network("half", labels, np.array([[0.6, 0.4], [0.3, 0.7]]))
    assert views.alone(one, [right, half]).tolist() == [0]  # half is wrong of image 1 too


def test_the_closest_of_the_unsure_comes_first_and_none_a_tenth_apart():
    labels = np.array([0, 0, 0, 1])  # of the last it is unsure and wrong
    rows = np.array([[0.53, 0.47, 0.0], [0.51, 0.49, 0.0], [0.56, 0.44, 0.0], [0.52, 0.48, 0.0]])
    assert views.unsure_but_right(Network("n", labels, rows)).tolist() == [1, 0]


def test_two_classes_that_are_as_far_apart_as_the_limit_are_not_unsure(monkeypatch):
    monkeypatch.setattr(views, "UNSURE", 0.125)
    rows = np.array([[0.5625, 0.4375], [0.5, 0.5]])
    assert views.unsure_but_right(Network("n", np.array([0, 0]), rows)).tolist() == [1]


def test_equals_stand_in_the_order_of_the_test_set_however_many_they_are():
    labels, sure = np.arange(300) % 2, np.repeat([0.9, 0.8, 0.9], 100)
    rows = np.where(np.eye(2, dtype=bool)[1 - labels], sure[:, None], 1 - sure[:, None])
    found = Network("n", labels, rows)
    order = [*range(100), *range(200, 300), *range(100, 200)]
    assert views.mistakes(found).tolist() == order


def test_a_pair_s_turns_keep_the_order_of_the_mistakes():
    """Every pair's first before any pair's second, in both the surest pair first."""
    labels = np.repeat(np.arange(100), 2)
    rows = np.zeros((200, 101))
    sure = np.linspace(0.9, 0.6, 200)
    rows[np.arange(200), 100], rows[np.arange(200), labels] = sure, 1 - sure
    pairs = views.by_pair(Network("n", labels, rows))
    assert pairs["index"].tolist() == [*range(0, 200, 2), *range(1, 200, 2)]
    assert pairs.index.tolist() == list(range(200))


def test_one_right_the_other_wrong_the_widest_gap_first():
    assert views.beats(A, B).tolist() == [1, 3]  # gaps 0.8 - 0.4 and 0.36 - 0.1
    assert views.beats(B, A).tolist() == [0]


def test_the_mean_is_of_probabilities_not_of_votes():
    mean = views.mean([A, B])
    np.testing.assert_allclose(mean.probabilities[0], [0.55, 0.4, 0.05])
    assert mean.name == "all"
    assert mean.labels.tolist() == LABELS.tolist()
    assert views.mean([A]).labels.tolist() == LABELS.tolist()
    assert mean.prediction.tolist() == [0, 1, 0, 1]


def test_pairs_are_filled_in_turns_up_to_the_most():
    """Four mistakes of one pair and one of another: the other's comes second, not last."""
    labels = np.array([0, 0, 0, 0, 1])
    sure = np.array([0.9, 0.8, 0.7, 0.6, 0.55])
    rest = (1 - sure) / 2
    rows = [(r, s, r) for s, r in zip(sure[:4], rest[:4], strict=True)] + [
        (rest[4], rest[4], sure[4])
    ]
    pairs = views.by_pair(Network("n", labels, np.array(rows)))
    assert pairs["index"].tolist() == [0, 4, 1, 2, 3]
    assert pairs["rank"].tolist() == [0, 0, 1, 2, 3]
    assert views.fill(pairs, [], 3)["index"].tolist() == [0, 4, 1]
    assert views.fill(pairs, [0, 7], 3)["index"].tolist() == [0, 4]
    assert views.fill(pairs, [], 99)["index"].tolist() == [0, 4, 1, 2, 3]


def test_a_network_is_one_seed_s_rows_in_the_order_of_the_test_set():
    rows = pd.DataFrame(
        {"seed": [0, 1, 0], "index": [1, 0, 0], "label": [1, 0, 0], "p_x": [0.1, 0.5, 0.7]}
    )
    table = rows.assign(p_y=1 - rows["p_x"])
    found = views.network("n", table, 0, ["x", "y"])
    assert found.name == "n"
    assert found.labels.tolist() == [0, 1]
    np.testing.assert_allclose(found.probabilities, [[0.7, 0.3], [0.1, 0.9]])
    with pytest.raises(Refused, match="none for seed 2"):
        views.network("n", table, 2, ["x", "y"])
