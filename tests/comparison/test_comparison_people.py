"""Four images, of which people agree on the first two, by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from archbench.base.predictions import make_table
from archbench.comparison import people
from archbench.evaluation.uncertainty import of_accuracy, wilson

CLASSES = ["cat", "dog", "frog"]
COUNTS = np.array([[50, 0, 0], [2, 48, 0], [30, 20, 0], [5, 20, 25]])
LABELS = np.array([0, 2, 0, 1])
"""People agree that the second is another than its label; the fourth's comes second."""
FIRST = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.2, 0.6, 0.2], [0.3, 0.3, 0.4]], np.float32)
SECOND = np.array([[0.6, 0.2, 0.2], [0.2, 0.2, 0.6], [0.5, 0.4, 0.1], [0.3, 0.6, 0.1]], np.float32)


def predictions(*runs: np.ndarray) -> pd.DataFrame:
    return pd.concat(make_table(seed, LABELS, run, CLASSES) for seed, run in enumerate(runs))


def seeds(*temperatures: float) -> pd.DataFrame:
    return pd.DataFrame({"seed": range(len(temperatures)), "temperature": temperatures})


def test_people_agree_from_95_percent_on_whatever_the_class():
    found = people.parts(np.array([[95, 5], [94, 6], [0, 20], [18, 1]]))
    assert found["agreed"].tolist() == [True, False, True, False]
    assert found["disputed"].tolist() == [False, True, False, True]
    assert found["all"].all()


def test_entropy_is_scipy_s_and_the_correction_miller_s():
    expected = stats.entropy(COUNTS.T)
    np.testing.assert_allclose(people.entropy(COUNTS), expected)
    np.testing.assert_allclose(
        people.corrected_entropy(COUNTS), expected + np.array([0, 1, 1, 2]) / 100
    )


def test_few_labels_show_too_little_entropy_and_the_correction_makes_up_for_most():
    truth = np.array([0.7, 0.2, 0.1])
    drawn = np.random.default_rng(0).multinomial(51, truth, size=20_000)
    bias = people.entropy(drawn).mean() - stats.entropy(truth)
    left = people.corrected_entropy(drawn).mean() - stats.entropy(truth)
    assert -0.025 < bias < -0.015  # two of 2 · 51
    assert abs(left) < 0.1 * abs(bias)


def test_accuracy_is_of_the_label_in_each_part_of_the_images():
    found = people.of_networks({"net": predictions(FIRST)}, {"net": seeds(1.0)}, COUNTS)
    found = found.set_index("part")
    assert found["images"].to_dict() == {"all": 4, "agreed": 2, "disputed": 2}
    assert found["accuracy"].to_dict() == {"all": 0.25, "agreed": 0.5, "disputed": 0.0}
    ends = of_accuracy(np.array([[True], [False]]))
    assert found.loc["agreed", list(ends)].to_dict() == ends


def test_losses_are_of_calibrated_probabilities_mean_over_seeds():
    found = people.of_networks(
        {"net": predictions(FIRST, SECOND)}, {"net": seeds(1.0, 2.0)}, COUNTS
    ).set_index("part")
    flat = np.sqrt(SECOND) / np.sqrt(SECOND).sum(1, keepdims=True)  # a temperature of two
    shares = COUNTS / 50
    by_people = [-(shares * np.log(run)).sum(1) for run in (FIRST, flat)]
    by_label = [-np.log(run[np.arange(4), LABELS]) for run in (FIRST, flat)]
    for part, images in (("all", [0, 1, 2, 3]), ("agreed", [0, 1]), ("disputed", [2, 3])):
        row = found.loc[part]
        assert row["people_loss"] == pytest.approx(np.mean(by_people, axis=0)[images].mean())
        assert row["loss"] == pytest.approx(np.mean(by_label, axis=0)[images].mean())
    assert found.loc["all", "people_loss"] > people.entropy(COUNTS).mean()
    assert found.loc["all", "seeds"] == 2


def test_the_entropy_is_the_loss_of_who_says_what_people_say():
    table = make_table(0, LABELS, (COUNTS / 50).astype(np.float32), CLASSES)
    assert people.losses(table, COUNTS)["people_loss"].to_numpy() == pytest.approx(
        people.entropy(COUNTS), abs=1e-6
    )


def test_one_row_per_part_and_architecture_in_their_order():
    both = {"b": predictions(FIRST), "a": predictions(SECOND)}
    found = people.of_networks(both, {"b": seeds(1.0), "a": seeds(3.0)}, COUNTS)
    pairs = found[["part", "architecture"]].to_numpy().tolist()
    assert pairs == [[part, name] for part in ("all", "agreed", "disputed") for name in "ba"]
    assert found.columns.tolist() == people.NETWORK_COLUMNS


MISSED = pd.DataFrame({"index": [3, 1], "actual": ["dog", "frog"], "guess": ["frog", "cat"]})


def test_suspects_stand_beside_all_test_images():
    found = people.of_images(COUNTS, LABELS, MISSED, CLASSES).set_index("part")
    assert found["images"].to_dict() == {"all": 4, "agreed": 2, "disputed": 2, "missed_by_all": 2}
    assert found.loc[["all", "missed_by_all"], "disputed"].tolist() == [2, 1]
    suspects = found.loc["missed_by_all"]
    assert (suspects["disputed_low"], suspects["disputed_high"]) == wilson(0.5, 2)
    assert found["label_first"].to_dict() == {
        "all": 2,
        "agreed": 1,
        "disputed": 1,
        "missed_by_all": 0,
    }
    assert found.loc["missed_by_all", "guess_first"] == 1
    assert found["label_share"].tolist() == pytest.approx([0.5, 0.5, 0.5, 0.2])
    assert found["entropy"].tolist() == pytest.approx(
        [people.entropy(COUNTS[images]).mean() for images in ([0, 1, 2, 3], [0, 1], [2, 3], [1, 3])]
    )


def test_where_every_image_is_somebody_s_there_is_no_row_of_suspects():
    found = people.of_images(COUNTS, LABELS, MISSED[:0], CLASSES)
    assert found["part"].tolist() == ["all", "agreed", "disputed"]


def test_what_people_said_stands_beside_each_suspect_in_their_order():
    labelled = pd.DataFrame(
        {"index": range(4), "people": ["cat 50", "dog 48", "cat 30", "frog 25"]}
    )
    found = people.beside(MISSED, labelled)
    assert found["index"].tolist() == [3, 1]
    assert found["people"].tolist() == ["frog 25", "dog 48"]


def test_without_labels_nothing_is_said():
    none = np.zeros((0, 3), int)
    assert people.of_networks({"net": predictions(FIRST)}, {"net": seeds(1.0)}, none).empty
    found = people.of_images(none, LABELS, MISSED, CLASSES)
    assert (len(found), found.columns.tolist()) == (0, people.IMAGE_COLUMNS)
    assert people.beside(MISSED, pd.DataFrame(columns=["index", "people"])) is MISSED
