"""What the gallery's pages show: selections of test images, each an array of their indices.

A `Network` is one run's answers to all test images; the mean of several counts as one too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from archbench.gallery import selection

Array = NDArray[Any]
UNSURE = 0.1


@dataclass(frozen=True)
class Network:
    name: str
    labels: Array
    """Class numbers (N,), as the data set has them."""
    probabilities: Array
    """(N, classes)."""

    @cached_property
    def prediction(self) -> Array:
        return self.probabilities.argmax(1)

    @cached_property
    def confidence(self) -> Array:
        return self.probabilities.max(1)

    @cached_property
    def wrong(self) -> Array:
        return self.prediction != self.labels

    @cached_property
    def given(self) -> Array:
        """The probability of the class that the data set gives."""
        return self.probabilities[np.arange(len(self.labels)), self.labels]


def network(name: str, predictions: pd.DataFrame, seed: int, classes: Sequence[str]) -> Network:
    """One seed's rows, in the order of the test set."""
    rows = selection.of_seeds(predictions, [seed]).sort_values("index")
    probabilities = rows[[f"p_{one}" for one in classes]].to_numpy()
    return Network(name, rows["label"].to_numpy(), probabilities)


def mean(networks: Sequence[Network]) -> Network:
    """Answers with the mean of all probabilities."""
    together = np.mean([network.probabilities for network in networks], axis=0)
    return Network("all", networks[0].labels, together)


def mistakes(network: Network) -> Array:
    """The most confident first."""
    return _ordered(network.wrong, -network.confidence)


def unsure_but_right(network: Network) -> Array:
    """Those whose two best classes are less than 0.1 apart, the closest first."""
    second, first = np.partition(network.probabilities, -2, axis=1)[:, -2:].T
    margin = first - second
    return _ordered(~network.wrong & (margin < UNSURE), margin)


def alone(network: Network, others: Iterable[Network]) -> Array:
    """What `network` gets wrong, and every other right."""
    return _ordered(network.wrong & _all(~one.wrong for one in others), -network.confidence)


def beats(better: Network, worse: Network) -> Array:
    """Right and wrong; the widest gap in the right class's probability first."""
    return _ordered(~better.wrong & worse.wrong, worse.given - better.given)


def by_pair(network: Network) -> pd.DataFrame:
    """index, actual, predicted, rank (0: most confident of its pair) of every mistake.

    All pairs' first come before any pair's second, so a prefix is fair to the rare pairs.
    """
    index = mistakes(network)
    table = pd.DataFrame(
        {
            "index": index,
            "actual": network.labels[index],
            "predicted": network.prediction[index],
        }
    )
    table["rank"] = table.groupby(["actual", "predicted"]).cumcount()
    return table.sort_values("rank", kind="stable", ignore_index=True)


def fill(pairs: pd.DataFrame, taken: Iterable[int], most: int) -> pd.DataFrame:
    """The longest prefix of `pairs` that, with the images `taken`, makes at most `most`."""
    new = ~pairs["index"].isin(list(taken))
    return pairs[new.cumsum() <= most - len(set(taken))]


def _all(flags: Iterable[Array]) -> Array:
    return np.logical_and.reduce(list(flags))


def _ordered(chosen: Array, key: Array) -> Array:
    """Indices of the chosen, the lowest key first; equals in the order of the test set."""
    index = np.flatnonzero(chosen)
    return index[np.argsort(key[index], kind="stable")]
