"""All that is said of one architecture's predictions, as tables and as a few numbers.

A temperature and a threshold are chosen on validation rows; test rows only judge them.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from archbench.base import predictions
from archbench.evaluation import calibration, calibration_interval, metrics, selective
from archbench.evaluation.metrics import Metrics
from archbench.evaluation.uncertainty import Array, of_accuracy

RISK = 0.01
"""One mistake in a hundred: what the thresholds of a model that may abstain aim at or keep to."""

SHOWN = [
    *("accuracy", "accuracy_sd", "accuracy_low", "accuracy_high", "network_low", "network_high"),
    *("seeds", "loss", "scaled_ece", "scaled_ece_low", "scaled_ece_high"),
    *("at_chance", "parameters", "gflops", "train_seconds", "dataset", "recipe", "budget"),
]
"""What `dvc metrics show` has room for."""


def of_seed(test: pd.DataFrame, validation: pd.DataFrame) -> Metrics:
    temperature = calibration.fit_temperature(validation)
    scaled = calibration.scale(test, temperature)
    coverage, risk = selective.keep(test, selective.threshold(validation, RISK))
    sure = selective.keep(test, selective.guaranteed_threshold(validation, RISK))
    return metrics.classification(test) | {
        "ece": calibration.expected_calibration_error(test),
        "debiased_calibration_error": calibration.debiased_calibration_error(test),
        "temperature": temperature,
        "scaled_loss": metrics.cross_entropy(scaled),
        "scaled_brier": metrics.brier(scaled),
        "scaled_ece": calibration.expected_calibration_error(scaled),
        "scaled_ece_floor": calibration_interval.chance_floor(scaled),
        "scaled_debiased_calibration_error": calibration.debiased_calibration_error(scaled),
        "aurc": selective.aurc(test),
        "coverage_at_1_percent_risk": coverage,
        "risk_at_that_coverage": risk,
        "coverage_at_guaranteed_risk": sure[0],
        "risk_at_guaranteed_coverage": sure[1],
    }


def tables(
    test: pd.DataFrame, validation: pd.DataFrame, classes: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """By the names of their files. `test` and `validation` hold the rows of all seeds."""
    held_out = dict(iter(validation.groupby("seed")))
    seeds = {seed: of_seed(rows, held_out[seed]) for seed, rows in test.groupby("seed")}
    by_seed = pd.DataFrame.from_dict(seeds, orient="index").rename_axis("seed").reset_index()
    return {
        "predictions": test,
        "validation": validation,
        "seeds": by_seed,
        "confusion": metrics.confusion(test, classes),
        "classes": metrics.by_class(test, classes),
        "reliability": calibration.reliability(test),
        "scaled_reliability": calibration.reliability(scaled(test, by_seed)),
        "risk_coverage": selective.risk_coverage(test),
    }


def scaled(test: pd.DataFrame, seeds: pd.DataFrame) -> pd.DataFrame:
    """Each seed's rows by its temperature, which table `seeds` has."""
    temperatures = seeds.set_index("seed")["temperature"]
    each = test.groupby("seed")
    return pd.concat(calibration.scale(rows, temperatures[seed]) for seed, rows in each)


def scaled_ece_interval(test: pd.DataFrame, seeds: pd.DataFrame) -> Metrics:
    """Of the mean over seeds, at the temperatures that they have."""
    low, high = calibration_interval.interval(scaled(test, seeds))
    return {"scaled_ece_low": low, "scaled_ece_high": high}


def at_chance(test: pd.DataFrame) -> list[str]:
    """A line for each seed whose network is no better than guessing."""
    lines = []
    for seed, rows in test.groupby("seed"):
        right, named = (rows["label"] == rows["prediction"]).mean(), rows["prediction"].nunique()
        if remark := predictions.chance_remark(rows["label"], right, named):
            lines.append(f"with seed {seed}, it {remark}")
    return lines


def summary(seeds: pd.DataFrame, hits: Array) -> dict[str, Any]:
    """The mean over seeds, and how sure its accuracy is; one seed has no standard deviation.

    `hits` are all seeds' outcomes, (images, seeds).
    """
    spread = {"accuracy_sd": float(seeds["accuracy"].std())} if len(seeds) > 1 else {}
    means = seeds.drop(columns="seed").mean().to_dict()
    accuracy = {"accuracy": means.pop("accuracy"), "seeds": len(seeds)}
    return accuracy | spread | of_accuracy(hits) | means
