"""Which class a name or a number stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten

import numpy as np
from numpy.typing import NDArray

from archbench.base.params import LONG, dotted, shown
from archbench.judge.sheet import refuse, refuse_row

MOST = 100_000
"""Classes: a larger number is an identifier of something else."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Their names in the order of their numbers."""

    names: tuple[str, ...]
    numbered: bool
    """Whether numbers stand for them too: labels that are names say nothing of an order."""
    complete: bool
    """Whether there are no others: labels may lack some class."""

    def numbers(self, values: Sequence[str], source: str) -> NDArray[np.intp]:
        """Of each value; refused where one is no class."""
        places = self._places()
        known = {value: self._number(value, places) for value in set(values)}
        for row, value in enumerate(values):
            if known[value] is None:
                refuse_row(source, row, value, f"is no class; {self._listed()}")
        return np.array([known[value] for value in values], np.intp)

    def columns(self, names: Sequence[str] | None, count: int, source: str) -> list[int]:
        """Where each class's column of probabilities is, in the order of the classes.

        Columns of classes that no label has follow. Without `names` the `count` columns are in the
        order of the classes.
        """
        found, others = self._found(names, count, source)
        for number, name in enumerate(self.names):
            if number not in found:
                refuse(source, f"has no column for the class {shown(name)}; {self._listed()}")
        if others and self.complete:
            extra = names[others[0]] if names else others[0]
            refuse(source, f"has the column {shown(extra)}, which is no class; {self._listed()}")
        return [found[number] for number in range(len(self.names))] + others

    def _found(
        self, names: Sequence[str] | None, count: int, source: str
    ) -> tuple[dict[int, int], list[int]]:
        """The columns by their classes' numbers, and those of other classes."""
        if names is None and not self.numbered:
            refuse(source, "does not say which column is which class, and the labels are names")
        places = self._places()
        found: dict[int, int] = {}
        others = []
        for place, name in enumerate(map(str, range(count)) if names is None else names):
            number = self._number(name, places)
            if number is None:
                others.append(place)
            elif number in found:
                refuse(source, f"has two columns for the class {shown(self.names[number])}")
            else:
                found[number] = place
        return found, others

    def _places(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    def _number(self, value: str, places: dict[str, int]) -> int | None:
        """A class may be named by a digit, so names come first."""
        if value in places or not self.numbered:
            return places.get(value)
        number = whole(value)
        return number if number is not None and 0 <= number < len(self.names) else None

    def _listed(self) -> str:
        if self.names == tuple(map(str, range(len(self.names)))):
            return f"classes are 0 to {len(self.names) - 1}"
        return f"classes are: {shorten(', '.join(map(dotted, self.names)), LONG, placeholder=' …')}"


def of_labels(values: Sequence[str], source: str) -> Classes:
    """Those that labels have: 0 to the highest number, or the names in the alphabet's order."""
    wholes = {value: whole(value) for value in set(values)}
    if None in wholes.values():
        return Classes(tuple(sorted(wholes)), numbered=False, complete=False)
    for row, value in enumerate(values):
        number = wholes[value]
        if number is None or not 0 <= number < MOST:
            refuse_row(source, row, value, f"should be the number of a class, from 0 to {MOST - 1}")
    most = max(number or 0 for number in wholes.values())
    return Classes(tuple(map(str, range(most + 1))), numbered=True, complete=False)


def whole(text: str) -> int | None:
    """The whole number that a text is, as in "3", "3.0" and "3e+00"; None if it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None
