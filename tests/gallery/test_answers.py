"""The selections, on images few enough to select by hand."""

import numpy as np
import pandas as pd
import pytest

from archbench.base.errors import Refused
from archbench.gallery import answers
from archbench.gallery.answers import Answers

LABELS = np.array([0, 1, 2, 0])


def answered(name: str, *rows: tuple[float, float, float]) -> Answers:
    return Answers(name, LABELS, np.array(rows))


A = answered("a", (0.2, 0.7, 0.1), (0.1, 0.8, 0.1), (0.9, 0.0, 0.1), (0.36, 0.33, 0.31))
B = answered("b", (0.9, 0.1, 0.0), (0.6, 0.4, 0.0), (0.5, 0.2, 0.3), (0.1, 0.6, 0.3))


def test_the_surest_mistakes_and_the_least_sure_hits():
    assert answers.mistakes(A).tolist() == [2, 0]
    assert answers.unsure_but_right(A).tolist() == [3]
    assert answers.unsure_but_right(B).tolist() == []


def test_who_alone_is_wrong():
    assert answers.wrong_alone(A, [B]).tolist() == [0]
    assert answers.wrong_alone(B, [A]).tolist() == [
        1,
        3,
    ]  # equally sure: in the order of the test set


def test_of_what_it_alone_gets_wrong_the_surest_comes_first():
    labels = np.array([0, 0])
    one = Answers("one", labels, np.array([[0.4, 0.6], [0.1, 0.9]]))
    right = Answers("right", labels, np.array([[0.6, 0.4], [0.7, 0.3]]))
    assert answers.wrong_alone(one, [right]).tolist() == [1, 0]
    half = Answers("half", labels, np.array([[0.6, 0.4], [0.3, 0.7]]))
    assert answers.wrong_alone(one, [right, half]).tolist() == [0]  # half is wrong of image 1 too


def test_the_closest_of_the_unsure_comes_first_and_none_a_tenth_apart():
    labels = np.array([0, 0, 0, 1])  # of the last it is unsure and wrong
    rows = np.array([[0.53, 0.47, 0.0], [0.51, 0.49, 0.0], [0.56, 0.44, 0.0], [0.52, 0.48, 0.0]])
    assert answers.unsure_but_right(Answers("n", labels, rows)).tolist() == [1, 0]


def test_two_classes_that_are_as_far_apart_as_the_limit_are_not_unsure(monkeypatch):
    monkeypatch.setattr(answers, "UNSURE", 0.125)
    rows = np.array([[0.5625, 0.4375], [0.5, 0.5]])
    assert answers.unsure_but_right(Answers("n", np.array([0, 0]), rows)).tolist() == [1]


def test_equals_stand_in_the_order_of_the_test_set_however_many_they_are():
    labels, sure = np.arange(300) % 2, np.repeat([0.9, 0.8, 0.9], 100)
    rows = np.where(np.eye(2, dtype=bool)[1 - labels], sure[:, None], 1 - sure[:, None])
    found = Answers("n", labels, rows)
    order = [*range(100), *range(200, 300), *range(100, 200)]
    assert answers.mistakes(found).tolist() == order


def test_a_pair_s_turns_keep_the_order_of_the_mistakes():
    """Every pair's first before any pair's second, in both the surest pair first."""
    labels = np.repeat(np.arange(100), 2)
    rows = np.zeros((200, 101))
    sure = np.linspace(0.9, 0.6, 200)
    rows[np.arange(200), 100], rows[np.arange(200), labels] = sure, 1 - sure
    pairs = answers.by_pair(Answers("n", labels, rows))
    assert pairs["index"].tolist() == [*range(0, 200, 2), *range(1, 200, 2)]
    assert pairs.index.tolist() == list(range(200))


def test_who_alone_is_right():
    labels = np.array([0, 0, 0])
    one = Answers("one", labels, np.array([[0.6, 0.4], [0.9, 0.1], [0.8, 0.2]]))
    wrong = Answers("wrong", labels, np.array([[0.4, 0.6], [0.1, 0.9], [0.1, 0.9]]))
    half = Answers("half", labels, np.array([[0.4, 0.6], [0.1, 0.9], [0.8, 0.2]]))
    assert answers.right_alone(one, [wrong]).tolist() == [1, 2, 0]
    assert answers.right_alone(one, [wrong, half]).tolist() == [1, 0]  # half is right of 2 too
    assert answers.right_alone(wrong, [one, half]).tolist() == []


def test_one_right_the_other_wrong_the_widest_gap_first():
    assert answers.beats(A, B).tolist() == [1, 3]  # gaps 0.8 - 0.4 and 0.36 - 0.1
    assert answers.beats(B, A).tolist() == [0]


def test_the_mean_is_of_probabilities_not_of_votes():
    mean = answers.ensemble([A, B])
    np.testing.assert_allclose(mean.probabilities[0], [0.55, 0.4, 0.05])
    assert mean.name == "ensemble"
    assert mean.labels.tolist() == LABELS.tolist()
    assert answers.ensemble([A]).labels.tolist() == LABELS.tolist()
    assert mean.prediction.tolist() == [0, 1, 0, 1]


def test_pairs_are_filled_in_turns_up_to_the_most():
    """Four mistakes of one pair and one of another: the other's comes second, not last."""
    labels = np.array([0, 0, 0, 0, 1])
    sure = np.array([0.9, 0.8, 0.7, 0.6, 0.55])
    rest = (1 - sure) / 2
    rows = [(r, s, r) for s, r in zip(sure[:4], rest[:4], strict=True)] + [
        (rest[4], rest[4], sure[4])
    ]
    pairs = answers.by_pair(Answers("n", labels, np.array(rows)))
    assert pairs["index"].tolist() == [0, 4, 1, 2, 3]
    assert pairs["rank"].tolist() == [0, 0, 1, 2, 3]
    assert pairs["count"].tolist() == [4, 1, 4, 4, 4]
    assert answers.fill(pairs, [], 3)["index"].tolist() == [0, 4, 1]
    assert answers.fill(pairs, [0, 7], 3)["index"].tolist() == [0, 4]
    assert answers.fill(pairs, [], 99)["index"].tolist() == [0, 4, 1, 2, 3]


def test_a_network_is_one_seed_s_rows_in_the_order_of_the_test_set():
    rows = pd.DataFrame(
        {"seed": [0, 1, 0], "index": [1, 0, 0], "label": [1, 0, 0], "p_x": [0.1, 0.5, 0.7]}
    )
    table = rows.assign(p_y=1 - rows["p_x"])
    found = answers.of_run("n", table, 0)
    assert found.name == "n"
    assert found.labels.tolist() == [0, 1]
    np.testing.assert_allclose(found.probabilities, [[0.7, 0.3], [0.1, 0.9]])
    with pytest.raises(Refused, match="none for seed 2"):
        answers.of_run("n", table, 2)


def test_half_the_room_is_for_the_most_frequent_pairs_whole_and_the_rest_for_all_in_turns():
    """Twelve confusions of 0 with 1, eight of 1 with 2, two of 2 with 0, the rare the surest."""
    labels = np.repeat([0, 1, 2], [12, 8, 2])
    sure = np.linspace(0.5, 0.9, 22)
    rows = np.full((22, 3), 0.01)
    rows[np.arange(22), (labels + 1) % 3] = sure
    pairs = answers.by_pair(Answers("n", labels, rows))

    def kept(taken: list[int], most: int) -> list[int]:
        return answers.fill(pairs, taken, most)["actual"].value_counts().sort_index().tolist()

    assert kept([], 12) == [6, 4, 2]  # six of the most frequent, then the others in turns
    assert kept([], 20) == [10, 8, 2]
    assert kept([], 24) == kept([], 22) == [12, 8, 2]
    assert kept([20, 21], 14) == [6, 6, 2]  # the rare pair's are there already
    filled = answers.fill(pairs, [], 12)
    assert filled.groupby("actual")["rank"].agg(list).tolist() == [[*range(6)], [*range(4)], [0, 1]]


def test_the_mistakes_of_all_seeds_say_which_architecture_is_the_best():
    def table(*predictions: int) -> pd.DataFrame:
        return pd.DataFrame({"seed": [0, 0, 1, 1], "label": 0, "prediction": predictions})

    tables = {"c": table(0, 0, 1, 1), "b": table(0, 0, 0, 1), "a": table(1, 1, 0, 0)}
    assert [answers.mistaken(tables[name]) for name in "cba"] == [0.5, 0.25, 0.5]


def runs(predictions: list[list[int]], confidences: list[float]) -> list[Answers]:
    """One run for each list, as confident of every image."""
    return [
        Answers("a", np.arange(4), np.eye(4)[guesses] * confidence)
        for guesses, confidence in zip(predictions, confidences, strict=True)
    ]


def test_the_guess_of_several_seeds_is_the_most_confident_in_sum():
    seeds = runs([[1, 1, 1, 1], [2, 1, 1, 1]], [0.5, 0.9])
    assert answers.consensus(seeds).tolist() == [2, 1, 1, 1]


def test_a_guess_is_by_confidence_not_by_count():
    """Two seeds say 1 with 0.4 each, one says 2 with 0.9."""
    seeds = runs([[1] * 4, [1] * 4, [2] * 4], [0.4, 0.4, 0.9])
    assert answers.consensus(seeds).tolist() == [2, 2, 2, 2]


def test_of_equal_votes_the_first_class_wins():
    seeds = runs([[2, 1, 0, 3], [1, 2, 3, 0]], [0.5, 0.5])
    assert answers.consensus(seeds).tolist() == [1, 1, 0, 0]
