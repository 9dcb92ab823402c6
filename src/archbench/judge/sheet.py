"""What a file says of each image, before anybody knows the classes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from archbench.base.errors import Refused
from archbench.base.params import LONG, shown

TOLERANCE = 1e-3
"""What probabilities may miss their range and their sum by: float16 rounds as much."""
LOGITS = "of logits take the softmax"
PROBABILITY = f"a probability, from 0 to 1: {LOGITS}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A run's predictions, or labels: one entry per image, in the order of the file's rows."""

    source: str
    """The file, as a refusal names it."""
    classes: list[str] | None = None
    """Of each image, the name or the number of a class."""
    probabilities: NDArray[np.float64] | None = None
    """(images, classes)."""
    columns: list[str] | None = None
    """Whose probabilities the columns are; None where nobody says."""
    index: list[str] | None = None
    """Of each image, its place in the test set."""
    labels: list[str] | None = None
    """Of each image, the name or the number of its true class."""

    def __post_init__(self) -> None:
        held = (self.classes, self.probabilities, self.index, self.labels)
        rows = {len(each) for each in held if each is not None}
        if len(rows) > 1:
            refuse(self.source, f"has arrays of {' and '.join(map(str, sorted(rows)))} rows")
        if rows <= {0}:
            refuse(self.source, "has no rows")


def there(path: str) -> bool:
    """Whether a path exists; not where the system cannot look, as of thousands of characters."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def printable(path: Path) -> str:
    """A path as a refusal names it: on one line, whatever its characters."""
    text = str(path)
    return text if text.isprintable() and len(text) <= LONG else shown(text)


def refuse(source: str, problem: str) -> NoReturn:
    raise Refused(f"{source}: {problem}")


def refuse_row(source: str, row: int, value: object, problem: str) -> NoReturn:
    """`row` counts from 0; a reader's rows count from 1, without the header."""
    refuse(source, f"row {row + 1}: {shown(value)}: {problem}")


def texts(values: Iterable[Any], source: str) -> list[str]:
    """Classes or places as text: "3" for 3 and for 3.0; refused where there is none."""
    found = []
    for row, value in enumerate(values):
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
            refuse_row(source, row, value, "should be a class's name or number")
        found.append(str(value).strip())
    return found


def checked(rows: Any, source: str) -> NDArray[np.float64]:
    """Probabilities (images, classes) of which each row sums to one; logits are refused."""
    probabilities = np.asarray(rows, np.float64)
    fits = probabilities >= -TOLERANCE  # not a number fits nothing
    if not fits.all():
        row, column = np.argwhere(~fits)[0].tolist()
        refuse_row(source, row, float(probabilities[row, column]), f"should be {PROBABILITY}")
    sums = probabilities.sum(1)
    wrong = np.flatnonzero(np.abs(sums - 1) > TOLERANCE)
    if wrong.size:
        row, total = int(wrong[0]), round(float(sums[wrong[0]]), 6)
        refuse_row(source, row, total, f"is their sum, should be 1 ± {TOLERANCE}: {LOGITS}")
    return probabilities
