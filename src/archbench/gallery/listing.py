"""The views of one gallery page: what each is called, how many images it has, which it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from archbench.gallery import answers
from archbench.gallery.answers import Answers

Array = NDArray[Any]
MOST = 700
"""Tiles of a page."""
WHOLE = 200
"""A view that one wants to see whole shows at least so many of its images."""
DRAWN_CLASSES = 20
"""With more classes a page has no confusion matrix, and lists more pairs instead."""
LISTED_PAIRS, LISTED_BESIDE_MATRIX = 60, 10
MANY, FEW = 10, 5
"""Networks up to which a page shows each, and of more the best that stand for them."""
MISSED, RIGHT_ALONE = "missed", "right-alone"
"""Views that others link to."""


@dataclass(frozen=True, slots=True)
class View:
    name: str
    """Its fragment in the page's address: letters, digits and hyphens."""
    title: str
    note: str
    images: Array
    """Indices of the test images that it shows, in its order."""
    count: int
    """Of all its images, shown or not."""

    @property
    def left_out(self) -> int:
        return self.count - len(self.images)

    @property
    def counted(self) -> str:
        """How many of its images are shown, if not all, and how many it has."""
        return f"{len(self.images)} of {self.count:,}" if self.left_out else f"{self.count:,}"

    def summary(self) -> str:
        if not self.count:
            return f"None. {self.note}"
        shown = (
            f"The first {len(self.images)} are shown, {self.left_out:,} left out. "
            if self.left_out
            else ""
        )
        return f"{self.count:,} image{'s' * (self.count > 1)}. {shown}{self.note}"


SUREST = "The most confident comes first."
CLOSE = "The two best classes are less than ten points apart."
GAP = "The widest gap in the right class's probability comes first."
MISSED_NOTE = (
    "No run of any architecture and seed gives these images their label. First come those whose "
    "label's probability falls furthest below the guess's, mean over runs. A wrong label is one "
    "possible reason; a hard image is another."
)


def views_of(subject: Answers, each: Sequence[Answers], missed: Array, tiles: int) -> list[View]:
    """All views but those of pairs. `subject` is one of `each`, or their ensemble.

    `missed` are the images that every run misses, in the order of stage compare: this alone makes
    a label suspect. The ensemble's page begins with them.
    """
    others = [one for one in each if one is not subject]
    sure = _view("sure", "Most confident mistakes", SUREST, answers.mistakes(subject), tiles)
    unsure = _view("unsure", "Unsure but right", CLOSE, answers.unsure_but_right(subject), tiles)
    if len(others) == len(each):
        return [_missed(missed, max(tiles, WHOLE)), sure, unsure]
    alone = _alone(subject, others, tiles) if others else []
    beaten = partial(answers.beats, subject)
    duels = [
        _view(f"beats-{n}", f"Right where {each[n].name} is wrong", GAP, beaten(each[n]), tiles)
        for n in best(each)
        if each[n] is not subject
    ]
    return [sure, *alone, unsure, _missed(missed, tiles), *duels]


def best(each: Sequence[Answers]) -> range:
    """The numbers of those that have views, columns and Grad-CAMs; the best network comes first."""
    return range(len(each) if len(each) <= MANY else FEW)


def _view(name: str, title: str, note: str, images: Array, limit: int) -> View:
    return View(name, title, note, images[:limit], len(images))


def _missed(missed: Array, limit: int) -> View:
    return _view(MISSED, "Missed by every run", MISSED_NOTE, missed, limit)


def _alone(subject: Answers, others: Sequence[Answers], tiles: int) -> list[View]:
    right, wrong = answers.right_alone(subject, others), answers.wrong_alone(subject, others)
    return [
        _view(RIGHT_ALONE, "Only this one is right", SUREST, right, max(tiles, WHOLE)),
        _view("wrong-alone", "Only this one is wrong", SUREST, wrong, tiles),
    ]


def pair_views(subject: Answers, views: Sequence[View], classes: Sequence[str]) -> list[View]:
    """A view per confused pair, the most frequent first; as many images as `views` leave room."""
    taken = {int(index) for view in views for index in view.images}
    shown = answers.fill(answers.by_pair(subject), taken, MOST)
    pairs = []
    for _, rows in shown.groupby(["actual", "predicted"]):
        actual, predicted, count = rows[["actual", "predicted", "count"]].iloc[0].tolist()
        title = f"{classes[actual]} → {classes[predicted]}"
        images = rows["index"].to_numpy()
        pairs.append(View(f"pair-{actual}-{predicted}", title, SUREST, images, count))
    return sorted(pairs, key=lambda pair: -pair.count)


def in_order(subject: Answers, views: Sequence[View]) -> Array:
    """Every image of the views once: mistakes, the surest first, then the rest, unsure first."""
    index = np.unique(np.concatenate([view.images for view in views]).astype(np.int64))
    confidence, wrong = subject.confidence[index], subject.wrong[index]
    return index[np.lexsort((np.where(wrong, -confidence, confidence), ~wrong))]


@dataclass(frozen=True, slots=True)
class Cell:
    actual: str
    predicted: str
    count: int
    shade: float
    """Opacity: its share of the actual class's images, the largest mistake's being 0.5."""
    view: str | None
    """The view that shows them; None: right, none, or no room."""


def matrix(subject: Answers, classes: Sequence[str], pairs: Sequence[View]) -> list[list[Cell]]:
    """A row per actual class."""
    size, shown = len(classes), {view.name for view in pairs}
    counts = confusion_matrix(subject.labels, subject.prediction, labels=range(size))
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    largest = np.max(shares, where=~np.eye(size, dtype=bool), initial=1e-9)
    return [
        [
            Cell(
                classes[row],
                classes[column],
                int(counts[row, column]),
                round(float(shares[row, column] / largest / 2), 3),
                name if (name := f"pair-{row}-{column}") in shown else None,
            )
            for column in range(size)
        ]
        for row in range(size)
    ]


def frequent(pairs: Sequence[View], classes: Sequence[str]) -> Sequence[View]:
    """The pairs that the page lists by name, of all in their order."""
    drawn = len(classes) <= DRAWN_CLASSES
    return pairs[: LISTED_BESIDE_MATRIX if drawn else LISTED_PAIRS]


def duels(each: Sequence[Answers]) -> list[list[int]]:
    """How many images the row's network gets right and the column's, one of the best, wrong."""
    return [[len(answers.beats(one, each[n])) for n in best(each)] for one in each]


def right_alone(each: Sequence[Answers]) -> list[int]:
    """How many images each gets right that every other gets wrong."""
    return [
        len(answers.right_alone(one, [other for other in each if other is not one])) for one in each
    ]
