"""Against scikit-learn and scipy, on random predictions."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn import metrics as reference

from archbench.evaluation import metrics
from archbench.evaluation.predictions import make_table, probabilities_of

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


def test_several_seeds_give_the_mean():
    parts = [table(0), table(1)]
    both = metrics.classification(pd.concat(parts))
    each = [metrics.classification(part) for part in parts]
    for name in ("accuracy", "loss", "ece", "f1_macro"):
        assert both[name] == pytest.approx(np.mean([one[name] for one in each]))


def test_wilson_by_its_formula():
    share, examples = 0.93, 10_000
    z = norm.ppf(0.975)
    centre = (share + z**2 / (2 * examples)) / (1 + z**2 / examples)
    half = (z / (1 + z**2 / examples)) * np.sqrt(
        share * (1 - share) / examples + z**2 / (4 * examples**2)
    )
    assert metrics.wilson(share, examples) == pytest.approx((centre - half, centre + half))
    assert metrics.wilson(1.0, 10)[1] == pytest.approx(1)
    assert metrics.wilson(0.0, 10)[0] == pytest.approx(0)


def test_wilson_covers():
    """95 % of the intervals hold the truth, within what 2,000 draws can tell."""
    truth, examples = 0.9, 400
    hits = np.random.default_rng(0).binomial(examples, truth, size=2000)
    covered = [
        low <= truth <= high for low, high in (metrics.wilson(k / examples, examples) for k in hits)
    ]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


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
