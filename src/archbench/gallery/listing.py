"""The views of one gallery page: what each is called, how many it found, which it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from archbench.gallery import views
from archbench.gallery.views import Network

Array = NDArray[Any]
MOST = 700
"""Tiles of a page."""
DRAWN_CLASSES = 20
"""A larger confusion matrix is a list of its most frequent pairs."""
LISTED_PAIRS = 60
MISSED = "missed"
"""The name of the view that has an order of its own; the others' tiles stand in the page's."""


@dataclass(frozen=True, slots=True)
class View:
    name: str
    """Its fragment in the page's address: letters, digits and hyphens."""
    title: str
    note: str
    images: Array
    """Of the test set; the view's first."""
    found: int

    def said(self) -> str:
        if not self.found:
            return f"None. {self.note}"
        left_out = f", {len(self.images)} shown" if len(self.images) < self.found else ""
        return f"{self.found:,} found{left_out}. {self.note}"


def views_of(
    subject: Network, networks: Sequence[Network], missed: Array, tiles: int
) -> list[View]:
    """All but those by pair. The page of all is the mean's: it leads with `missed`.

    Those are the images that every run misses, in the order of stage compare.
    """
    others = [one for one in networks if one is not subject]
    found = [
        ("sure", "Most confident mistakes", "The most confident first.", views.mistakes(subject)),
        (
            "unsure",
            "Unsure but right",
            "The two best classes are less than ten points apart.",
            views.unsure_but_right(subject),
        ),
    ]
    found.append((MISSED, "Missed by every run", MISSED_NOTE, missed))
    if len(networks) > 1 and len(others) < len(networks):
        own = views.alone(subject, others)
        found.append(("alone", "Mistakes of this one alone", "Right for every other.", own))
        found += [
            (f"beats-{number}", f"Right where {one.name} is wrong", GAP, views.beats(subject, one))
            for number, one in enumerate(networks)
            if one is not subject
        ]
    return [
        View(name, title, note, images[:tiles], len(images)) for name, title, note, images in found
    ]


MISSED_NOTE = (
    "No run of any architecture and seed gives these images their label. First come those whose "
    "label's probability falls furthest below the guess's, mean over runs. A wrong label is one "
    "possible reason; a hard image is another."
)
GAP = "The widest gap in the right class's probability."


def pair_views(
    subject: Network, taken: Sequence[View], classes: Sequence[str], tiles: int
) -> list[View]:
    """A view per confused pair, as many images as the page has room for."""
    pairs = views.by_pair(subject)
    kept = {int(index) for view in taken for index in view.images}
    shown = views.fill(pairs[pairs["rank"] < tiles], kept, MOST)
    found = pairs.groupby(["actual", "predicted"]).size()
    return [
        View(
            f"pair-{actual}-{predicted}",
            f"{classes[actual]} → {classes[predicted]}",
            "The most confident first.",
            rows["index"].to_numpy(),
            int(found[actual, predicted]),
        )
        for (actual, predicted), rows in shown.groupby(["actual", "predicted"])
    ]


def in_order(subject: Network, listed: Sequence[View]) -> Array:
    """Every image of the views once: mistakes, the surest first, then the rest, unsure first."""
    index = np.unique(np.concatenate([view.images for view in listed]).astype(np.int64))
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


def matrix(subject: Network, classes: Sequence[str], pairs: Sequence[View]) -> list[list[Cell]]:
    """A row per actual class."""
    size, shown = len(classes), {view.name for view in pairs}
    counts = pd.crosstab(subject.labels, subject.prediction)
    counts = counts.reindex(index=range(size), columns=range(size), fill_value=0).to_numpy()
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


def frequent(cells: Sequence[Sequence[Cell]]) -> list[Cell]:
    """The confused pairs that a view shows, the most frequent first."""
    linked = [cell for row in cells for cell in row if cell.view]
    return sorted(linked, key=lambda cell: -cell.count)[:LISTED_PAIRS]
