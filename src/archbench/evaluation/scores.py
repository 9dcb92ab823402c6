"""All that is said of one architecture's predictions, as tables and as a few numbers.

A temperature and a threshold are chosen on validation rows; test rows only judge them.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from archbench.evaluation import calibration, metrics, selective
from archbench.evaluation.metrics import Metrics
from archbench.evaluation.uncertainty import Array, of_accuracy

RISK = 0.01
"""One mistake in a hundred: what the threshold of a model that may abstain aims at."""

SHOWN = [
    *(
        "accuracy",
        "accuracy_sd",
        "accuracy_low",
        "accuracy_high",
        "network_low",
        "network_high",
        "seeds",
        "loss",
        "ece",
    ),
    *("parameters", "gflops", "train_seconds", "dataset", "recipes", "budget"),
]
"""What `dvc metrics show` has room for."""


def of_seed(test: pd.DataFrame, validation: pd.DataFrame) -> Metrics:
    temperature = calibration.fit_temperature(validation)
    scaled = calibration.scale(test, temperature)
    coverage, risk = selective.keep(test, selective.threshold(validation, RISK))
    return metrics.classification(test) | {
        "ece": calibration.expected_calibration_error(test),
        "debiased_calibration_error": calibration.debiased_calibration_error(test),
        "temperature": temperature,
        "scaled_loss": metrics.cross_entropy(scaled),
        "scaled_brier": metrics.brier(scaled),
        "scaled_ece": calibration.expected_calibration_error(scaled),
        "scaled_debiased_calibration_error": calibration.debiased_calibration_error(scaled),
        "aurc": selective.aurc(test),
        "coverage_at_1_percent_risk": coverage,
        "risk_at_that_coverage": risk,
    }


def tables(
    test: pd.DataFrame, validation: pd.DataFrame, classes: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """By the names of their files. `test` and `validation` hold the rows of all seeds."""
    held_out = dict(iter(validation.groupby("seed")))
    seeds = {seed: of_seed(rows, held_out[seed]) for seed, rows in test.groupby("seed")}
    by_seed = pd.DataFrame.from_dict(seeds, orient="index").rename_axis("seed").reset_index()
    temperatures = by_seed.set_index("seed")["temperature"]
    scaled = pd.concat(
        calibration.scale(rows, temperatures[seed]) for seed, rows in test.groupby("seed")
    )
    return {
        "predictions": test,
        "validation": validation,
        "seeds": by_seed,
        "confusion": metrics.confusion(test, classes),
        "classes": metrics.by_class(test, classes),
        "reliability": calibration.reliability(test),
        "scaled_reliability": calibration.reliability(scaled),
        "risk_coverage": selective.risk_coverage(test),
    }


def summary(seeds: pd.DataFrame, hits: Array) -> dict[str, Any]:
    """The mean over seeds, and how sure its accuracy is; one seed has no standard deviation.

    `hits` are all seeds' outcomes, (images, seeds).
    """
    spread = {"accuracy_sd": float(seeds["accuracy"].std())} if len(seeds) > 1 else {}
    means = seeds.drop(columns="seed").mean().to_dict()
    accuracy = {"accuracy": means.pop("accuracy"), "seeds": len(seeds)}
    return accuracy | spread | of_accuracy(hits) | means
