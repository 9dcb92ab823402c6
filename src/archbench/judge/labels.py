"""What every image of the test set is."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archbench.base import files, paths
from archbench.base.errors import Refused
from archbench.base.params import shown
from archbench.base.records import DatasetRecord
from archbench.judge import classes, reading
from archbench.judge.classes import Classes
from archbench.judge.order import order
from archbench.judge.sheet import Sheet, refuse, there


@dataclass(frozen=True, slots=True)
class Labels:
    source: str
    """Where they are from, as a refusal names it."""
    numbers: NDArray[np.intp]
    """(images,) of classes, in the order of the test set."""
    classes: Classes


def find(asked: str | None, predictions: Iterable[Path]) -> Labels:
    """What was asked for: a file, a data set's name, or None for a column of the predictions."""
    if asked is None:
        return _of_column(predictions)
    if there(asked) and Path(asked).is_file():
        (sheet, *_) = reading.read(Path(asked))
        return _of_sheet(sheet, sheet.labels or sheet.classes)
    return _of_named_dataset(asked)


def of_dataset(dataset: DatasetRecord) -> Labels:
    """The test labels that stage download wrote."""
    files.verify(paths.TEST_LABELS, dataset.digest(paths.TEST_LABELS))
    numbers = np.array(files.read_array(paths.TEST_LABELS), np.intp)
    known = Classes(tuple(dataset.classes), numbered=True, complete=True)
    return Labels(str(paths.TEST_LABELS), numbers, known)


def _of_column(predictions: Iterable[Path]) -> Labels:
    """Those of the first file that has some."""
    for path in predictions:
        (sheet, *_) = reading.read(path)
        if sheet.labels:
            return _of_sheet(sheet, sheet.labels)
    raise Refused("there are no labels: give --labels, or a column `label` in a file")


def _of_sheet(sheet: Sheet, values: list[str] | None) -> Labels:
    if values is None:
        refuse(sheet.source, "has no labels: should have one class per image")
    known = classes.of_labels(values, sheet.source)
    places = order(sheet.index, len(values), sheet.source)
    return Labels(sheet.source, known.numbers(values, sheet.source)[places], known)


def _of_named_dataset(name: str) -> Labels:
    asked = f"--labels {shown(name)}: there is no such file"
    if not paths.DATASET.is_file():
        raise Refused(f"{asked}, and no data set here: {paths.DATASET} is missing")
    dataset = DatasetRecord.read(paths.DATASET)
    if dataset.name != name:
        raise Refused(f"{asked}, and the data set in {paths.DATA} is {shown(dataset.name)}")
    return of_dataset(dataset)
