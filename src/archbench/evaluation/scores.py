"""From one architecture's predictions to its tables and its numbers.

A temperature and a threshold are chosen on validation rows, and evaluated on test rows.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from archbench.base.predictions import chance_remark, is_mistake
from archbench.evaluation import calibration, metrics, selective
from archbench.evaluation.metrics import Metrics
from archbench.evaluation.uncertainty import Array, of_accuracy

RISK = 0.01
"""One mistake in a hundred: what the thresholds of a model that may abstain aim at or keep to."""

HEADLINES = (
    *("accuracy", "loss", "scaled_ece", "seeds", "at_chance"),
    *("parameters", "gflops", "dataset", "recipe", "budget"),
)
"""The numbers that `dvc metrics` and `dvc exp show` have room for; numbers.csv has all."""


def of_seed(test: pd.DataFrame, validation: pd.DataFrame) -> Metrics:
    """All numbers of one seed's rows; shares are in [0, 1], losses in nats."""
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
        "scaled_ece_floor": calibration.chance_floor(scaled),
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
    low, high = calibration.ece_interval(scaled(test, seeds))
    return {"scaled_ece_low": low, "scaled_ece_high": high}


def at_chance(test: pd.DataFrame) -> list[str]:
    """A line for each seed whose network is no better than guessing."""
    lines = []
    for seed, rows in test.groupby("seed"):
        accuracy, named = (~is_mistake(rows)).mean(), rows["prediction"].nunique()
        if remark := chance_remark(rows["label"], accuracy, named):
            lines.append(f"with seed {seed}, it {remark}")
    return lines


def summary(seeds: pd.DataFrame, hits: Array) -> dict[str, Any]:
    """The mean over seeds, and how sure its accuracy is; one seed has no standard deviation.

    `seeds` has a row per seed, and `hits` (images, seeds) says which predictions were right.
    """
    spread = {"accuracy_sd": float(seeds["accuracy"].std())} if len(seeds) > 1 else {}
    means = {str(name): mean for name, mean in seeds.drop(columns="seed").mean().items()}
    accuracy = {"accuracy": means.pop("accuracy"), "seeds": len(seeds)}
    return accuracy | spread | of_accuracy(hits) | means


def result(numbers: Mapping[str, Any]) -> str:
    """The accuracy and its 95 % interval in percent, for the terminal."""
    kind = "accuracy" if "accuracy_low" in numbers else "network"
    share, low, high = (100 * numbers[key] for key in ("accuracy", f"{kind}_low", f"{kind}_high"))
    return f"{share:.1f} % [{low:.1f}, {high:.1f}]"
