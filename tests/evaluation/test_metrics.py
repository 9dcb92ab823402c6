"""Against scikit-learn and scipy, on random predictions."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as reference

from archbench.base.predictions import make_table, probabilities_of
from archbench.evaluation import metrics
from archbench.evaluation.uncertainty import wilson

CLASSES = ["cat", "dog", "p_frog", "index"]


def table(seed: int = 0, examples: int = 500) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    labels = random.integers(4, size=examples, dtype=np.uint8)
    logits = random.normal(size=(examples, 4)) + 1.5 * np.eye(4)[labels]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return make_table(seed, labels, probabilities.astype(np.float32), CLASSES)


def test_the_table_has_one_row_per_example_and_one_probability_per_class():
    rows = table()
    assert list(rows.columns[:5]) == ["seed", "index", "label", "prediction", "confidence"]
    assert list(rows.columns[5:]) == ["p_cat", "p_dog", "p_p_frog", "p_index"]
    assert rows["index"].tolist() == list(range(500))
    probabilities = probabilities_of(rows)
    assert (probabilities.argmax(1) == rows["prediction"]).all()
    assert (probabilities.max(1) == rows["confidence"]).all()


@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_precision_recall_and_f1(average):
    rows = table()
    labels, guesses = rows["label"], rows["prediction"]
    found = metrics.classification(rows)
    for name in ("precision", "recall", "f1"):
        score = getattr(reference, f"{name}_score")(labels, guesses, average=average)
        assert found[f"{name}_{average}"] == pytest.approx(score)


def test_accuracy_and_loss():
    rows = table()
    found = metrics.classification(rows)
    assert found["accuracy"] == reference.accuracy_score(rows["label"], rows["prediction"])
    exact = probabilities_of(rows).astype(np.float64)
    expected = reference.log_loss(rows["label"], exact / exact.sum(1, keepdims=True))
    assert found["loss"] == pytest.approx(expected, rel=1e-5)


def test_a_probability_of_zero_has_a_finite_loss():
    certain = make_table(0, np.array([0]), np.array([[0, 1, 0, 0]], np.float32), CLASSES)
    assert metrics.cross_entropy(certain) == pytest.approx(-np.log(np.finfo(np.float32).tiny))


def test_brier():
    rows = table()
    found = metrics.brier(rows)
    assert found == pytest.approx(reference.brier_score_loss(rows["label"], probabilities_of(rows)))


def test_confusion_counts_every_pair():
    rows = table()
    found = metrics.confusion(rows, CLASSES)
    counts = found["count"].to_numpy().reshape(4, 4)
    assert (counts == reference.confusion_matrix(rows["label"], rows["prediction"])).all()
    assert found.groupby("actual")["share"].sum().to_numpy() == pytest.approx(np.ones(4))
    first = found.iloc[1]
    assert (first["actual"], first["predicted"]) == ("cat", "dog")


def test_a_class_without_test_images_has_no_share():
    rows = table()
    found = metrics.confusion(rows[rows["label"] != 2], CLASSES)
    assert found.loc[found["actual"] == "p_frog", "share"].tolist() == [0.0] * 4


def test_precision_and_recall_of_each_class():
    rows = table()
    found = metrics.by_class(rows, CLASSES)
    labels, guesses = rows["label"], rows["prediction"]
    for name in ("precision", "recall"):
        expected = getattr(reference, f"{name}_score")(labels, guesses, average=None)
        assert found[name].to_numpy() == pytest.approx(expected)
        assert (found[f"{name}_low"] < found[name]).all()
        assert (found[name] < found[f"{name}_high"]).all()
    assert found["test_images"].tolist() == np.bincount(labels).tolist()
    right = int((rows["label"] == 1)[labels == guesses].sum())
    assert list(found.loc[1, ["recall_low", "recall_high"]]) == pytest.approx(
        wilson(right / (labels == 1).sum(), (labels == 1).sum())
    )


def test_more_seeds_of_the_same_images_do_not_narrow_a_class_s_interval():
    one = metrics.by_class(table(), CLASSES)
    twice = pd.concat([table(), table().assign(seed=1)])
    pd.testing.assert_frame_equal(metrics.by_class(twice, CLASSES), one)


def test_a_class_without_images_has_no_recall_and_one_never_predicted_no_precision():
    rows = table()
    found = metrics.by_class(rows[(rows["label"] != 2) & (rows["prediction"] != 3)], CLASSES)
    assert found["recall"].isna().tolist() == [False, False, True, False]
    assert found["precision"].isna().tolist() == [False, False, False, True]


def test_a_class_that_is_never_predicted_has_a_precision_of_zero():
    probabilities = np.tile([0.6, 0.4], (4, 1)).astype(np.float32)
    rows = make_table(0, np.array([0, 0, 0, 1]), probabilities, ["cat", "dog"])
    found = metrics.classification(rows)
    assert found["precision_macro"] == pytest.approx((0.75 + 0) / 2)
