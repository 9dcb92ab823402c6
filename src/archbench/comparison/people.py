"""Networks beside people: what both say of the images that people agree on and of the others.

People's labels are a sample, about 51 of each image. Cross-entropy against their shares is linear
in these, so on average it is what everybody's shares would give. Their entropy is not: that of few
labels comes out too low on average. Miller's term makes up for part of it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from archbench.base.predictions import Array, hits_of, probabilities_of
from archbench.comparison.tables import INTERVAL_COLUMNS, intervals
from archbench.evaluation.scores import scaled
from archbench.evaluation.uncertainty import wilson

AGREED = 0.95
"""The share of an image's labels on one class from which people agree: at most two of 51 differ."""
ALL, MISSED = "all", "missed_by_all"
NETWORK_COLUMNS = ["part", "images", *INTERVAL_COLUMNS, "loss", "people_loss"]
IMAGE_COLUMNS = [
    *("part", "images", "disputed", "disputed_low", "disputed_high"),
    *("label_share", "label_first", "guess_first", "entropy", "corrected_entropy"),
]


def shares(counts: Array) -> Array:
    """Of people's labels, (N, classes)."""
    each: Array = counts / counts.sum(1, keepdims=True)
    return each


def entropy(counts: Array) -> Array:
    """(N,) of the shares, in nats."""
    each = shares(counts)
    logs: Array = np.log(np.where(counts > 0, each, 1))
    return -(each * logs).sum(1)


def corrected_entropy(counts: Array) -> Array:
    """With (classes named − 1) / (2 labels) more, which is less than the bias if a class is missed.

    Source: Miller 1955, "Note on the bias of information estimates".
    """
    return entropy(counts) + ((counts > 0).sum(1) - 1) / (2 * counts.sum(1))


def parts(counts: Array) -> dict[str, Array]:
    """Which images (N,) people agree on, on whatever class, and which they dispute."""
    agreed = shares(counts).max(1) >= AGREED
    return {ALL: np.ones_like(agreed), "agreed": agreed, "disputed": ~agreed}


def of_networks(
    predictions: Mapping[str, pd.DataFrame], seeds: Mapping[str, pd.DataFrame], counts: Array
) -> pd.DataFrame:
    """A row per part of the images and architecture; none without labels.

    Each table of predictions is asked for once: it may be read when it is. Accuracy is of the
    data's label, whatever people say. The losses are of the probabilities after temperature
    scaling, against the label and against people's shares, mean over images and seeds.
    """
    if not len(counts):
        return pd.DataFrame(columns=NETWORK_COLUMNS)
    each, outcomes = {}, {}
    for name, rows in predictions.items():
        each[name], outcomes[name] = losses(scaled(rows, seeds[name]), counts), hits_of(rows)
    tables = []
    for part, chosen in parts(counts).items():
        found = intervals({name: hits[chosen] for name, hits in outcomes.items()})
        means = pd.DataFrame({name: table[chosen].mean() for name, table in each.items()}).T
        found = found.merge(means, left_on="architecture", right_index=True)
        tables.append(found.assign(part=part, images=int(chosen.sum())))
    return pd.concat(tables)[NETWORK_COLUMNS]


def losses(predictions: pd.DataFrame, counts: Array) -> pd.DataFrame:
    """A row per image, mean over seeds; a probability of zero counts as the smallest float32."""
    logs = np.log(np.maximum(probabilities_of(predictions), np.finfo(np.float32).tiny))
    images, labels = predictions["index"].to_numpy(), predictions["label"].to_numpy()
    by_label = -logs[np.arange(len(logs)), labels]
    by_people = -(shares(counts)[images] * logs).sum(1)
    rows = pd.DataFrame({"index": images, "loss": by_label, "people_loss": by_people})
    return rows.groupby("index").mean()


def of_images(
    counts: Array, labels: Array, missed: pd.DataFrame, classes: Sequence[str]
) -> pd.DataFrame:
    """A row per part of the images, and one of those that every run misses; none without labels.

    `label_first` counts the images whose label is people's commonest class, `guess_first` those
    whose guess by the networks is. `label_share`: of people's labels, those that are the data's.
    """
    if not len(counts):
        return pd.DataFrame(columns=IMAGE_COLUMNS)
    chosen = {part: np.flatnonzero(flags) for part, flags in parts(counts).items()}
    rows = [_row(part, counts[images], labels[images]) for part, images in chosen.items()]
    rows[0] |= _disputed(counts)
    if len(suspects := missed["index"].to_numpy()):
        said = counts[suspects]
        guesses = [list(classes).index(name) for name in missed["guess"]]
        row = _row(MISSED, said, labels[suspects]) | _disputed(said)
        rows.append(row | {"guess_first": (said.argmax(1) == guesses).sum()})
    return pd.DataFrame(rows, columns=IMAGE_COLUMNS)


def beside(missed: pd.DataFrame, labelled: pd.DataFrame) -> pd.DataFrame:
    """Those images in their order, with what people said of each, if they were asked."""
    return missed.merge(labelled[["index", "people"]]) if len(labelled) else missed


def _row(part: str, counts: Array, labels: Array) -> dict[str, object]:
    return {
        "part": part,
        "images": len(counts),
        "label_share": shares(counts)[np.arange(len(counts)), labels].mean(),
        "label_first": (counts.argmax(1) == labels).sum(),
        "entropy": entropy(counts).mean(),
        "corrected_entropy": corrected_entropy(counts).mean(),
    }


def _disputed(counts: Array) -> dict[str, object]:
    """How many of the images, and the ends of the 95 % interval of their share."""
    number = int(parts(counts)["disputed"].sum())
    low, high = wilson(number / len(counts), len(counts))
    return {"disputed": number, "disputed_low": low, "disputed_high": high}
