"""The order of the test set, whatever order a file's rows have."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archbench.judge.classes import whole
from archbench.judge.sheet import refuse, refuse_row


def order(index: Sequence[str] | None, images: int, source: str) -> NDArray[np.intp]:
    """Of each of the test set's `images`, the row that has it.

    `index` has each row's image, from 0; None: the rows are in order. Refused where an image has
    two rows, or none.
    """
    if index is None:
        return np.arange(images)
    rows = np.full(images, -1, np.intp)
    for row, value in enumerate(index):
        image = whole(value)
        if image is None or not 0 <= image < images:
            refuse_row(source, row, value, f"index: should be from 0 to {images - 1}")
        if rows[image] >= 0:
            refuse_row(source, row, value, f"index: row {rows[image] + 1} has it too")
        rows[image] = row
    if (rows < 0).any():
        refuse(source, f"has no row with index {int(np.flatnonzero(rows < 0)[0])}")
    return rows
