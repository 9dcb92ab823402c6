"""From a model's files to what stage evaluate writes of an architecture, as far as predictions of
the test images alone give it: no training, no validation images, perhaps no probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.metrics import f1_score

from archbench.base.predictions import hits_of
from archbench.evaluation import metrics, scores
from archbench.judge import reading, runs
from archbench.judge.labels import Labels


@dataclass(frozen=True, slots=True)
class Results:
    tables: dict[str, pd.DataFrame]
    """By the names of their files."""
    numbers: dict[str, Any]


def find(paths: Sequence[Path], labels: Labels) -> Results:
    """Of one model; each of its runs counts as a seed. Refused where a file does not fit."""
    sheets = [sheet for path in paths for sheet in reading.read(path)]
    each = [runs.table(sheet, labels, seed) for seed, sheet in enumerate(sheets)]
    predictions = pd.concat(each).dropna(axis="columns")  # what every run has
    seeds = pd.DataFrame([_of_run(rows) for _, rows in predictions.groupby("seed")])
    numbers = scores.summary(seeds, hits_of(predictions))
    remarks = [remark for rows in each if (remark := runs.remark(rows))]
    return Results(
        tables={
            "predictions": predictions,
            "seeds": seeds,
            "confusion": metrics.confusion(predictions, labels.classes.names),
            "classes": metrics.by_class(predictions, labels.classes.names),
        },
        numbers={name: round(number, 6) for name, number in numbers.items()}
        | {"external": True, "test_images": len(labels.numbers)}
        | ({"at_chance": "; ".join(remarks)} if remarks else {}),
    )


def _of_run(rows: pd.DataFrame) -> dict[str, float]:
    labels, guesses = rows["label"], rows["prediction"]
    return {
        "seed": rows["seed"].iloc[0],
        "accuracy": float((labels == guesses).mean()),
        "f1_macro": float(f1_score(labels, guesses, average="macro", zero_division=0)),
    } | runs.scores(rows)
