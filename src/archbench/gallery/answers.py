"""What a network answers to every test image, and which images deserve a look for it.

A selection is an array of indices into the test set; the image to look at first comes first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from archbench.base.errors import Refused
from archbench.base.predictions import is_mistake, probabilities_of

Array = NDArray[Any]
UNSURE = 0.1


@dataclass(frozen=True)
class Answers:
    """One run's answers to all N test images, in their order; an ensemble counts as one run."""

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
        table = pd.DataFrame({"label": self.labels, "prediction": self.prediction})
        return is_mistake(table).to_numpy()

    @cached_property
    def label_probability(self) -> Array:
        return self.probabilities[np.arange(len(self.labels)), self.labels]


def of_run(name: str, predictions: pd.DataFrame, seed: int) -> Answers:
    """Refused if the table has no row of this seed: it would look like a seed without mistakes."""
    rows = predictions[predictions["seed"] == seed].sort_values("index")
    if not len(rows):
        raise Refused(f"predictions: none for seed {seed}; run stage evaluate again")
    return Answers(name, rows["label"].to_numpy(), probabilities_of(rows))


def mistaken(predictions: pd.DataFrame) -> float:
    """The share of wrong predictions, mean over seeds: the less, the better an architecture."""
    return float(is_mistake(predictions).mean())


def ensemble(members: Sequence[Answers]) -> Answers:
    """It answers with the mean of its members' probabilities."""
    mean = np.mean([member.probabilities for member in members], axis=0)
    return Answers("ensemble", members[0].labels, mean)


def consensus(runs: Sequence[Answers]) -> Array:
    """The class (N,) that most confidence, summed over runs, speaks for; of equals the first."""
    votes = np.zeros(runs[0].probabilities.shape)
    for run in runs:
        votes[np.arange(len(votes)), run.prediction] += run.confidence
    return votes.argmax(1)


def mistakes(answers: Answers) -> Array:
    """The most confident first."""
    return _ordered(answers.wrong, -answers.confidence)


def unsure_but_right(answers: Answers) -> Array:
    """Those whose two best classes are less than 0.1 apart, the closest first."""
    second, first = np.partition(answers.probabilities, -2, axis=1)[:, -2:].T
    margin = first - second
    return _ordered(~answers.wrong & (margin < UNSURE), margin)


def wrong_alone(answers: Answers, others: Iterable[Answers]) -> Array:
    """What `answers` gets wrong and every other right, the most confident first."""
    return _ordered(answers.wrong & _all(~one.wrong for one in others), -answers.confidence)


def right_alone(answers: Answers, others: Iterable[Answers]) -> Array:
    """What `answers` gets right and every other wrong, the most confident first."""
    return _ordered(~answers.wrong & _all(one.wrong for one in others), -answers.confidence)


def beats(better: Answers, worse: Answers) -> Array:
    """Right and wrong; the widest gap in the right class's probability first."""
    gap = better.label_probability - worse.label_probability
    return _ordered(~better.wrong & worse.wrong, -gap)


def by_pair(answers: Answers) -> pd.DataFrame:
    """index, actual, predicted, rank and count of every mistake.

    `rank` is 0 for the most confident mistake of its pair, and `count` is the size of the pair.
    All pairs' first come before any pair's second.
    """
    index = mistakes(answers)
    table = pd.DataFrame(
        {
            "index": index,
            "actual": answers.labels[index],
            "predicted": answers.prediction[index],
        }
    )
    pairs = table.groupby(["actual", "predicted"])
    table = table.assign(rank=pairs.cumcount(), count=pairs["index"].transform("size"))
    return table.sort_values("rank", kind="stable", ignore_index=True)


def fill(pairs: pd.DataFrame, taken: Iterable[int], most: int) -> pd.DataFrame:
    """The rows of `pairs` that, with the images `taken`, make at most `most` images.

    Half of the room is for the most frequent pairs, each whole. The rest goes in turns, every
    pair's first, then every pair's second: so rare pairs are seen too.
    """
    taken = set(taken)
    room = most - len(taken)
    order = ["count", "actual", "predicted", "rank"]
    frequent = _fitting(
        pairs.sort_values(order, ascending=[False, True, True, True]), taken, room // 2
    )
    turns = pairs.drop(frequent.index)
    rest = _fitting(turns, taken, room - int((~frequent["index"].isin(taken)).sum()))
    return pairs.loc[sorted([*frequent.index, *rest.index])]


def _fitting(pairs: pd.DataFrame, taken: set[int], room: int) -> pd.DataFrame:
    """The longest prefix with at most `room` images that are not `taken`."""
    return pairs[(~pairs["index"].isin(taken)).cumsum() <= room]


def _all(flags: Iterable[Array]) -> Array:
    return np.logical_and.reduce(list(flags))


def _ordered(chosen: Array, key: Array) -> Array:
    """Indices of the chosen, the lowest key first; equals in the order of the test set."""
    index = np.flatnonzero(chosen)
    return index[np.argsort(key[index], kind="stable")]
