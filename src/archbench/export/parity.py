"""Whether an exported file predicts what the network does, on the test images."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from archbench.base.errors import Refused
from archbench.base.predictions import Array

MOST = 1e-4
"""The largest difference of two probabilities that rounding alone explains."""
SHARE = 1e-4
"""Of the images, whose class may differ where two probabilities are almost the same."""


@dataclass(frozen=True, slots=True)
class Parity:
    """Of an exported file's probabilities and the network's, both in float32."""

    images: int
    largest_difference: float
    equal_classes: int

    def __str__(self) -> str:
        return (
            f"{self.equal_classes:,} of {self.images:,} test images get the same class, "
            f"probabilities differ by at most {self.largest_difference:.1e}"
        )


def measure(network_s: Array, file_s: Array) -> Parity:
    """Both are (N, classes)."""
    equal = network_s.argmax(1) == file_s.argmax(1)
    return Parity(len(equal), float(np.abs(network_s - file_s).max()), int(equal.sum()))


def hold(parity: Parity, name: str) -> None:
    """Refused if the two differ by more than rounding; `name` is the file's."""
    fewest = parity.images - ceil(SHARE * parity.images)
    if parity.largest_difference > MOST or parity.equal_classes < fewest:
        raise Refused(
            f"{name} predicts other than the network: {parity}; should be at least {fewest:,} and "
            f"at most {MOST:.0e}"
        )
