"""A model's sheets → which images each run got right, and how good its probabilities are."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from archbench.base.predictions import chance_remark, make_table
from archbench.evaluation import calibration, metrics
from archbench.judge.labels import Labels
from archbench.judge.order import order
from archbench.judge.sheet import Sheet, refuse, refuse_row

SCORES = ("loss", "brier", "ece")
"""What probabilities tell beside the class."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    hits: NDArray[np.bool_]
    """(images, runs), in the order of the test set: was the prediction right?"""
    scores: dict[str, float]
    """Means over runs; none if some run has no probabilities."""
    remark: str | None
    """What is wrong with a run that is no better than chance."""


def judge(sheets: Iterable[Sheet], labels: Labels) -> Model:
    """One sheet is looked at at a time: a thousand classes' probabilities take memory."""
    hits, scores, remarks = [], [], []
    for number, sheet in enumerate(sheets, 1):
        places = _places(sheet, labels)
        predicted, of_run = _predicted(sheet, labels, places)
        right = predicted == labels.numbers
        hits.append(right)
        scores.append(of_run)
        classes = len(np.unique(predicted))
        if remark := chance_remark(labels.numbers, float(right.mean()), classes):
            order = "or its images or classes are in another order than the labels"
            remarks.append(f"run {number} {remark}, {order}")
    return Model(
        hits=np.stack(hits, axis=1), scores=_means(scores), remark="; ".join(remarks) or None
    )


def _places(sheet: Sheet, labels: Labels) -> NDArray[np.intp]:
    """The row of each image; refused where the sheet is of other images than the labels."""
    images = len(labels.numbers)
    held = sheet.probabilities if sheet.classes is None else sheet.classes
    if held is None:
        refuse(
            sheet.source, "has no predictions: no column `prediction`, and no column for each class"
        )
    if sheet.index is None and len(held) != images:
        expected = f"should have {images:,}, one for each image of {labels.source}"
        refuse(sheet.source, f"has {len(held):,} rows: {expected}")
    places = order(sheet.index, images, sheet.source)
    if sheet.labels is not None:
        own = labels.classes.numbers(sheet.labels, sheet.source)
        for row, given in zip(places, labels.numbers, strict=True):
            if own[row] != given:
                name = labels.classes.names[given]
                wrong = f"label: {labels.source} has {name} for this image"
                refuse_row(sheet.source, int(row), sheet.labels[row], wrong)
    return places


def _predicted(
    sheet: Sheet, labels: Labels, places: NDArray[np.intp]
) -> tuple[NDArray[np.intp], dict[str, float]]:
    """The classes (images,), and the scores if there are probabilities."""
    if sheet.probabilities is None:
        return labels.classes.numbers(sheet.classes or [], sheet.source)[places], {}
    count = sheet.probabilities.shape[1]
    columns = labels.classes.columns(sheet.columns, count, sheet.source)
    probabilities = sheet.probabilities[places][:, columns]
    rows = make_table(0, labels.numbers, probabilities, list(map(str, range(count))))
    return rows["prediction"].to_numpy(np.intp), _scores(rows)


def _scores(rows: pd.DataFrame) -> dict[str, float]:
    return {
        "loss": metrics.cross_entropy(rows),
        "brier": metrics.brier(rows),
        "ece": calibration.expected_calibration_error(rows),
    }


def _means(scores: list[dict[str, float]]) -> dict[str, float]:
    if not all(scores):
        return {}
    return {name: float(np.mean([of[name] for of in scores])) for name in SCORES}
