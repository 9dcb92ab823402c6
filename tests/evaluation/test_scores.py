"""What is chosen is chosen on validation rows, and only evaluated on test rows."""

import numpy as np
import pandas as pd
import pytest

from archbench.base.predictions import hits_of, make_table
from archbench.evaluation import scores

CLASSES = ["cat", "dog", "frog"]


def rows(seed: int, random_state: int, examples: int = 400, skill: float = 4.0) -> pd.DataFrame:
    random = np.random.default_rng(random_state)
    labels = random.integers(3, size=examples, dtype=np.uint8)
    logits = random.normal(size=(examples, 3)) + skill * np.eye(3)[labels]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return make_table(seed, labels, probabilities.astype(np.float32), CLASSES)


def test_test_labels_choose_neither_temperature_nor_threshold():
    test, validation = rows(0, 1), rows(0, 2)
    shuffled = test.assign(label=np.random.default_rng(3).permutation(test["label"]))
    honest, absurd = scores.of_seed(test, validation), scores.of_seed(shuffled, validation)
    assert honest["accuracy"] > 0.9 > 0.5 > absurd["accuracy"]
    chosen = ("temperature", "coverage_at_1_percent_risk", "coverage_at_guaranteed_risk")
    assert [honest[name] for name in chosen] == [absurd[name] for name in chosen]
    assert 0 < honest["coverage_at_1_percent_risk"] < 1
    assert honest["risk_at_that_coverage"] < 0.05 < absurd["risk_at_that_coverage"]


def test_validation_labels_choose_both():
    test, validation = rows(0, 1), rows(0, 2)
    shuffled = validation.assign(label=np.random.default_rng(3).permutation(validation["label"]))
    found, misled = scores.of_seed(test, validation), scores.of_seed(test, shuffled)
    assert found["accuracy"] == misled["accuracy"]
    assert found["temperature"] < 2 < misled["temperature"]
    assert misled["coverage_at_1_percent_risk"] < 0.1 < found["coverage_at_1_percent_risk"]


def test_the_guaranteed_threshold_keeps_fewer_and_is_right_more_often():
    test, validation = (rows(0, draw, examples=4000, skill=3.0) for draw in (1, 2))
    found = scores.of_seed(test, validation)
    assert 0 < found["coverage_at_guaranteed_risk"] < found["coverage_at_1_percent_risk"]
    assert found["risk_at_guaranteed_coverage"] < found["risk_at_that_coverage"]
    few = scores.of_seed(test, validation.head(400))
    assert few["coverage_at_guaranteed_risk"] == few["risk_at_guaranteed_coverage"] == 0


def test_the_interval_is_of_the_scaled_error_and_the_floor_below_it():
    test = pd.concat([rows(3, 1, examples=4000), rows(7, 2, examples=4000)])
    validation = pd.concat([rows(seed, 4, examples=4000, skill=2.0) for seed in (3, 7)])
    seeds = scores.tables(test, validation, CLASSES)["seeds"]
    means = scores.summary(seeds, hits_of(test))
    found = scores.scaled_ece_interval(test, seeds)
    assert found["scaled_ece_low"] < means["scaled_ece"] < found["scaled_ece_high"]
    assert not found["scaled_ece_low"] < means["ece"] < found["scaled_ece_high"]
    assert 0 < means["scaled_ece_floor"] < found["scaled_ece_low"]


def test_each_seed_has_a_row_and_a_temperature_of_its_own():
    test = pd.concat([rows(3, 1), rows(7, 2, skill=1.0)])
    validation = pd.concat([rows(7, 4, skill=1.0), rows(3, 3)])
    tables = scores.tables(test, validation, CLASSES)
    seeds = tables["seeds"].set_index("seed")
    assert seeds.index.tolist() == [3, 7]
    assert seeds.loc[3].to_dict() == pytest.approx(scores.of_seed(rows(3, 1), rows(3, 3)))
    assert seeds["temperature"].nunique() == 2
    assert tables["scaled_reliability"]["count"].sum() == 800


def right(*accuracies: float) -> np.ndarray:
    """(1000 images, seeds) of just these accuracies."""
    return np.arange(1000)[:, None] < 1000 * np.array(accuracies)


def test_the_summary_of_several_seeds_is_their_mean_and_spread():
    seeds = pd.DataFrame(
        {"seed": [0, 1, 2], "accuracy": [0.9, 0.91, 0.95], "loss": [1.0, 2.0, 3.0]}
    )
    found = scores.summary(seeds, right(0.9, 0.91, 0.95))
    assert found["accuracy"] == pytest.approx(0.92)
    assert found["accuracy_sd"] == pytest.approx(np.std([0.9, 0.91, 0.95], ddof=1))
    assert found["accuracy_low"] < 0.9 < 0.95 < found["accuracy_high"]
    assert (found["loss"], found["seeds"]) == (2.0, 3)


def test_one_seed_has_no_spread_and_no_interval_of_its_architecture():
    found = scores.summary(pd.DataFrame({"seed": [0], "accuracy": [0.9]}), right(0.9))
    assert not {"accuracy_sd", "accuracy_low", "accuracy_high"} & set(found)
    assert 0.87 < found["network_low"] < 0.9 < found["network_high"] < 0.93


@pytest.mark.parametrize("skill", [-50.0, 0.0, 50.0], ids=["all wrong", "luck", "all right"])
@pytest.mark.parametrize("examples", [1, 2, 6, 16, 31])
def test_a_handful_of_images_has_finite_numbers(examples, skill):
    """Of 6 or 16 images some class has none, and bins have one image or none."""
    test, validation = rows(0, 1, examples, skill), rows(0, 2, examples=1, skill=skill)
    tables = scores.tables(test, validation, CLASSES)
    numbers = scores.summary(tables["seeds"], hits_of(test))
    numbers |= scores.scaled_ece_interval(test, tables["seeds"])
    assert np.isfinite(list(numbers.values())).all()
    assert 0 <= numbers["debiased_calibration_error"] <= 1


def test_at_chance_is_a_line_for_each_seed_that_guesses():
    labels = np.arange(400) % 4
    guesses = {3: np.zeros(400, int), 5: labels, 8: (labels + (np.arange(400) % 7 > 0)) % 4}
    test = pd.concat(
        pd.DataFrame({"seed": seed, "label": labels, "prediction": guess})
        for seed, guess in guesses.items()
    )
    assert scores.at_chance(test) == [
        "with seed 3, it predicts one class for every image (25.0% right)",
        "with seed 8, it is no better than always naming the commonest class (14.5% right)",
    ]


@pytest.mark.parametrize(("kind", "seeds"), [("network", 1), ("accuracy", 3)])
def test_the_result_has_the_interval_of_as_many_seeds(kind, seeds):
    ends = {f"{kind}_low": 0.9034, f"{kind}_high": 0.91449}
    assert scores.result({"accuracy": 0.9086, "seeds": seeds} | ends) == "90.9 % [90.3, 91.4]"


def test_accuracy_is_the_first_of_the_headlines_that_dvc_sorts_by_name():
    assert min(scores.HEADLINES) == "accuracy"
    assert not [name for name in scores.HEADLINES if name.endswith(("_low", "_high", "seconds"))]
