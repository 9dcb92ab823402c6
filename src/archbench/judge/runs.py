"""A model's sheets → which images each run got right, and how good its probabilities are."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from archbench.base.predictions import chance_remark, is_mistake, make_table
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
    hits, of_runs, remarks = [], [], []
    for run, sheet in enumerate(sheets):
        rows = table(sheet, labels, run)
        hits.append(~is_mistake(rows).to_numpy())
        of_runs.append(scores(rows))
        remarks.append(remark(rows))
    return Model(
        hits=np.stack(hits, axis=1),
        scores=_means(of_runs),
        remark="; ".join(filter(None, remarks)) or None,
    )


def table(sheet: Sheet, labels: Labels, run: int) -> pd.DataFrame:
    """A row per image, as in base.predictions; `run`, from 0, stands for its seed.

    Of classes alone there are no columns of probabilities.
    """
    places = _places(sheet, labels)
    if sheet.probabilities is None:
        predicted = labels.classes.numbers(sheet.classes or [], sheet.source)[places]
        columns = {"label": labels.numbers, "prediction": predicted}
        return pd.DataFrame({"seed": run, "index": np.arange(len(predicted))} | columns)
    count = sheet.probabilities.shape[1]
    order = labels.classes.columns(sheet.columns, count, sheet.source)
    names = labels.classes.names if labels.classes.complete else list(map(str, range(count)))
    return make_table(run, labels.numbers, sheet.probabilities[places][:, order], names)


def remark(rows: pd.DataFrame) -> str | None:
    """What is wrong with a run that is no better than chance; None if nothing is."""
    accuracy, named = float((~is_mistake(rows)).mean()), rows["prediction"].nunique()
    found = chance_remark(rows["label"], accuracy, named)
    order = "or its images or classes are in another order than the labels"
    return f"run {rows['seed'].iloc[0] + 1} {found}, {order}" if found else None


def scores(rows: pd.DataFrame) -> dict[str, float]:
    """None without probabilities."""
    if "confidence" not in rows:
        return {}
    return {
        "loss": metrics.cross_entropy(rows),
        "brier": metrics.brier(rows),
        "ece": calibration.expected_calibration_error(rows),
    }


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


def _means(each: list[dict[str, float]]) -> dict[str, float]:
    if not all(each):
        return {}
    return {name: float(np.mean([of[name] for of in each])) for name in SCORES}
