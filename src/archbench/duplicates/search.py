"""Test images whose photograph is among the training images too: cropped, stretched, recoloured.

A model may have learnt those by heart, and CIFAR has hundreds (Barz & Denzler 2020, "Do we train on
test data?"). No trained model is asked, so the list is a function of the data alone: a descriptor
of the edges proposes neighbours, each is registered with the test image, and what correlates once
overlaid is the same photograph. Unless the test image correlates with its ordinary neighbours too,
as a digit does: such likeness says nothing of a common origin.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize
from tqdm import tqdm

from archbench.duplicates.registration import SIDE, Floats, Images, grey, overlaid, resize, tents

SAME, UNLIKE, LENIENCE = 0.8, 0.2, 2.0
"""Copies correlate SAME or more, and with their ordinary neighbours UNLIKE or less; or LENIENCE
times as much more as they exceed SAME by. Found by looking at hundreds of pairs of CIFAR-10."""
CANDIDATES, LIKELY = 5, 0.45
"""Neighbours to register: the nearest, and of the others those with such a cosine."""
ORDINARY = np.array([0.002, 0.003, 0.004, 0.006, 0.008])
"""Ranks of the ordinary neighbours as shares of the training images: beyond the copies of one
photograph, of which CIFAR-10 has dozens in places, and still among the images most alike."""
BLOCK = 250  # images or pairs at a time: bounds the memory
CELLS, DIRECTIONS = 4, 8
VARIANCE = 0.99  # share of the descriptors' that is kept: whitening would magnify the rest, noise


def find(
    train_nhwc: Images,
    train_labels: NDArray[Any],
    test_nhwc: Images,
    test_labels: NDArray[Any],
    mirrorable: bool,
) -> pd.DataFrame:
    """One row per test image, duplicate or not: it joins the predictions by `index`.

    `neighbour` is the training image that correlates most, `features` the cosine of the two
    descriptors, `pixels` the correlation of the overlaid images, `ordinary` the highest one with
    an ordinary neighbour, missing where `pixels` is too low anyway. Where `mirrorable`, mirror
    images are looked for too.
    """
    near = neighbours(train_nhwc, test_nhwc, mirrorable)
    likely = near["rank"].lt(CANDIDATES) & near["features"].ge(LIKELY)
    pairs = near[near["rank"].eq(0) | likely]
    pairs = pairs.assign(pixels=correlate(train_nhwc, test_nhwc, pairs))
    best = pairs.sort_values("pixels", ascending=False, kind="stable").drop_duplicates("index")
    best = best.drop(columns="rank").sort_values("index", ignore_index=True)
    alike = best.loc[best["pixels"] >= SAME, "index"]
    far = near[near["rank"].ge(CANDIDATES) & near["index"].isin(alike)]
    far = far.assign(pixels=correlate(train_nhwc, test_nhwc, far))
    best["ordinary"] = best["index"].map(far.groupby("index")["pixels"].max())
    best["same_label"] = test_labels[best["index"]] == train_labels[best["neighbour"]]
    allowed = UNLIKE + LENIENCE * (best["pixels"] - SAME)
    best["duplicate"] = best["pixels"].ge(SAME) & best["ordinary"].le(allowed)
    return best


def neighbours(train_nhwc: Images, test_nhwc: Images, mirrorable: bool) -> pd.DataFrame:
    """By descriptor: the nearest of each test image and its ordinary ones, by `rank` from 0."""
    described = describe(train_nhwc)
    whitening = PCA(VARIANCE, whiten=True, svd_solver="covariance_eigh").fit(described)
    train = normalize(whitening.transform(described))
    views = [test_nhwc, test_nhwc[:, :, ::-1]] if mirrorable else [test_nhwc]
    test = np.stack([normalize(whitening.transform(describe(view))) for view in views])
    ranks = ranks_of_interest(len(train))
    order = len(train) - 1 - ranks
    tables = []
    for start in blocks(len(test_nhwc), "neighbours"):
        cosines = test[:, start : start + BLOCK] @ train.T
        nearest = np.argpartition(cosines.max(0), order)[:, order]
        by_view = np.take_along_axis(cosines, nearest[None], 2)
        columns = {
            "index": np.repeat(start + np.arange(len(nearest)), len(ranks)),
            "rank": np.tile(ranks, len(nearest)),
            "neighbour": nearest.ravel(),
            "mirrored": by_view.argmax(0).ravel() == 1,
            "features": by_view.max(0).ravel().astype(np.float64).round(4),
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def blocks(count: int, title: str) -> Iterable[int]:
    """Where each block of BLOCK begins; a terminal sees a bar with the time that is left."""
    return tqdm(range(0, count, BLOCK), title, unit="block", disable=None, leave=False)


def ranks_of_interest(count: int) -> NDArray[np.int64]:
    """Among `count` training images: the candidates' ranks, then the ordinary neighbours'."""
    ordinary = np.maximum(np.rint(ORDINARY * count), 2 * CANDIDATES + np.arange(len(ORDINARY)))
    ranks = np.concatenate([np.arange(CANDIDATES), ordinary.astype(np.int64)])
    return np.unique(ranks.clip(max=count - 1))


def describe(images_nhwc: Images) -> Floats:
    """(N, CELLS² · DIRECTIONS): histograms of oriented gradients (Dalal & Triggs 2005).

    Square roots; neither cells nor directions have sharp edges, so small shifts change little.
    """
    pooling = tents(SIDE, CELLS)
    histograms = []
    for start in blocks(len(images_nhwc), "descriptors"):
        images = grey(resize(images_nhwc[start : start + BLOCK]))
        dy, dx = np.gradient(images, axis=(1, 2))
        strength = np.sqrt(dy * dy + dx * dx)
        direction = (np.arctan2(dy, dx) / np.pi + 1) * (DIRECTIONS / 2)
        away = [np.abs(direction - centre) for centre in range(DIRECTIONS)]
        shares = [np.maximum(0, 1 - np.minimum(a, DIRECTIONS - a)) for a in away]
        bins = [pooling @ (strength * share) @ pooling.T for share in shares]
        histograms.append(np.sqrt(np.stack(bins, 1)).reshape(len(images), -1))
    return np.concatenate(histograms)


def correlate(train_nhwc: Images, test_nhwc: Images, pairs: pd.DataFrame) -> Floats:
    """Of each pair (`index`, `neighbour`, `mirrored`), overlaid: float64, to four digits."""
    correlations = [np.empty(0, np.float32)]
    for start in blocks(len(pairs), "pairs"):
        some = pairs.iloc[start : start + BLOCK]
        test, train = test_nhwc[some["index"]], train_nhwc[some["neighbour"]]
        mirrored = some["mirrored"].to_numpy()[:, None, None, None]
        turned = np.where(mirrored, test[:, :, ::-1], test)
        correlations.append(overlaid(resize(turned), resize(train)))
    return np.concatenate(correlations).astype(np.float64).round(4)
