"""Test images whose photograph is among the training images too: cropped, stretched, recoloured.

A model may have learnt those by heart, and CIFAR has hundreds (Barz & Denzler 2020, "Do we train on
test data?"). No trained model is asked, so that the list is a function of the data alone: a
descriptor of the edges proposes neighbours, each is registered with the test image, and what
correlates once overlaid is the same photograph. Unless the test image correlates with its ordinary
neighbours too, as a digit does: such likeness says nothing of a common origin.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

Images = NDArray[np.uint8]
"""(N, H, W, C), of one channel or three."""
Floats = NDArray[Any]
"""float32."""

SAME, UNLIKE = 0.8, 0.4
"""Correlation that copies reach, and that the ordinary neighbours of such an image do not."""
CANDIDATES = 5
LIKELY = 0.45
"""Cosine of descriptors from which a neighbour other than the nearest is worth a registration."""
ORDINARY = np.array([0.002, 0.003, 0.004, 0.006, 0.008])
"""Ranks of the ordinary neighbours as shares of the training images: beyond the copies of one
photograph, of which CIFAR-10 has dozens in places, and still among the images most alike."""
BLOCK = 250
"""Images or pairs at a time: bounds the memory."""

SIDE = 32
"""Pixels to which every image is brought; lengths below are in these pixels."""
CENTRE = (SIDE - 1) / 2
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
CELLS, DIRECTIONS = 4, 8
VARIANCE = 0.99
"""Share of the descriptors' variance that is kept: whitening would magnify the rest, noise."""
LEVELS = ((1.5, 4.0, 2, 10), (0.5, 1.2, 1, 10))
"""Coarse, then fine: smallest and largest scale of the detail, step between points, iterations."""
NOISE = 8.0
"""Contrast, in grey levels, below which detail is not amplified."""
MARGIN = 4
"""The outermost pixels do not guide the registration: their counterpart may be cut off."""
DAMPING, STRIDE = 0.003, 0.1
"""Of a step of the registration: share of the Hessian's trace, and most that it moves."""
OVERLAP = 0.5
"""Least share of the test image that has a counterpart."""


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
    asked = near[near["rank"].eq(0) | near["rank"].lt(CANDIDATES) & near["features"].ge(LIKELY)]
    asked = asked.assign(pixels=correlate(train_nhwc, test_nhwc, asked))
    best = asked.sort_values("pixels", ascending=False, kind="stable").drop_duplicates("index")
    best = best.sort_values("index", ignore_index=True)
    alike = best.loc[best["pixels"] >= SAME, "index"]
    far = near[near["rank"].ge(CANDIDATES) & near["index"].isin(alike)]
    far = far.assign(pixels=correlate(train_nhwc, test_nhwc, far))
    best["ordinary"] = best["index"].map(far.groupby("index")["pixels"].max())
    best["same_label"] = test_labels[best["index"]] == train_labels[best["neighbour"]]
    best["duplicate"] = best["pixels"].ge(SAME) & best["ordinary"].le(UNLIKE)
    return best.drop(columns="rank").round({"features": 4, "pixels": 4, "ordinary": 4})


def neighbours(train_nhwc: Images, test_nhwc: Images, mirrorable: bool) -> pd.DataFrame:
    """By descriptor: the nearest of each test image and its ordinary ones, by `rank` from 0."""
    described = describe(train_nhwc)
    whitening = PCA(VARIANCE, whiten=True, svd_solver="covariance_eigh").fit(described)
    train = normalize(whitening.transform(described))
    views = [test_nhwc, test_nhwc[:, :, ::-1]] if mirrorable else [test_nhwc]
    test = [normalize(whitening.transform(describe(view))) for view in views]
    ranks = asked_ranks(len(train))
    tables = []
    for block in blocks(len(test_nhwc)):
        cosines = np.stack([view[block] @ train.T for view in test])
        highest = cosines.max(0)
        order = len(train) - 1 - ranks
        found = np.argpartition(highest, order)[:, order]
        by_view = np.take_along_axis(cosines, found[None], 2)
        columns = {
            "index": np.repeat(np.arange(len(test_nhwc))[block], len(ranks)),
            "rank": np.tile(ranks, len(found)),
            "neighbour": found.ravel(),
            "mirrored": by_view.argmax(0).ravel() == 1,
            "features": by_view.max(0).ravel(),
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def asked_ranks(count: int) -> NDArray[np.int64]:
    """Of `count` training images: the candidates' ranks, then the ordinary neighbours'."""
    ordinary = np.maximum(np.rint(ORDINARY * count), 2 * CANDIDATES + np.arange(len(ORDINARY)))
    ranks = np.concatenate([np.arange(CANDIDATES), ordinary.astype(np.int64)])
    return np.unique(ranks.clip(max=count - 1))


def blocks(count: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, count, BLOCK))


def describe(images_nhwc: Images) -> Floats:
    """(N, CELLS² · DIRECTIONS): histograms of oriented gradients (Dalal & Triggs 2005).

    Roots of the bins, and neither cells nor directions with a sharp edge: small shifts change
    little.
    """
    pooling = averaging(SIDE, CELLS)
    histograms = []
    for block in blocks(len(images_nhwc)):
        dy, dx = np.gradient(grey(resize(images_nhwc[block])), axis=(1, 2))
        strength = np.sqrt(dy * dy + dx * dx)
        direction = np.arctan2(dy, dx) * (DIRECTIONS / (2 * np.pi)) + DIRECTIONS / 2
        bins = []
        for centre in range(DIRECTIONS):
            away = np.abs(direction - centre)
            away = np.minimum(away, DIRECTIONS - away)
            bins.append(pooling @ (strength * np.maximum(0, 1 - away)) @ pooling.T)
        histograms.append(np.sqrt(np.stack(bins, 1)).reshape(len(dy), -1))
    return np.concatenate(histograms)


def correlate(train_nhwc: Images, test_nhwc: Images, pairs: pd.DataFrame) -> Floats:
    """Of each pair (`index`, `neighbour`, `mirrored`), overlaid."""
    found = [np.empty(0, np.float32)]
    for block in blocks(len(pairs)):
        some = pairs.iloc[block]
        test, train = test_nhwc[some["index"]], train_nhwc[some["neighbour"]]
        mirrored = some["mirrored"].to_numpy()[:, None, None, None]
        found.append(overlaid(resize(np.where(mirrored, test[:, :, ::-1], test)), resize(train)))
    return np.concatenate(found)


def overlaid(fixed_nhwc: Floats, moving_nhwc: Floats) -> Floats:
    """How well each pair, registered, correlates in detail times how well in colour.

    The background's detail is that of one photograph only, and its colours are what two cars of
    one catalogue do not share.
    """
    fixed, moving = grey(fixed_nhwc), grey(moving_nhwc)
    warps = np.tile(np.eye(3, dtype=np.float32), (len(fixed), 1, 1))
    for smallest, largest, step, iterations in LEVELS:
        details = [detail(images, smallest, largest) for images in (fixed, moving)]
        warps = register(*details, warps, grid(MARGIN, step), iterations)
    places = warps @ grid(0, 1)
    inside = (np.abs(places[:, :2]) <= 1 + 1 / SIDE).all(1)
    shape = correlation(details[0][..., None], sample(details[1][..., None], places), inside)
    colour = correlation(fixed_nhwc, sample(moving_nhwc, places), inside)
    return np.where(inside.mean(1) >= OVERLAP, shape * colour, np.float32(0))


def register(
    fixed: Floats, moving: Floats, warps: Floats, points: Floats, iterations: int
) -> Floats:
    """Affine maps (N, 3, 3) from `fixed` to `moving` (N, SIDE, SIDE), refined from `warps`.

    Inverse compositional Lucas-Kanade (Baker & Matthews 2004): the normal equations are those
    of `fixed`, so they are solved once for all iterations.
    """
    y, x = np.rint((points[:2] + 1) * CENTRE).astype(int)
    slopes = [slope[:, None, y, x] * CENTRE for slope in np.gradient(fixed, axis=(1, 2))]
    steepest = np.concatenate([slope * points for slope in slopes], 1)
    hessian = steepest @ steepest.transpose(0, 2, 1)
    ridge = DAMPING * np.trace(hessian, axis1=1, axis2=2)[:, None, None] + 1e-6
    solver = np.linalg.solve(hessian + ridge * np.eye(6, dtype=np.float32), steepest)
    identity = np.tile(np.eye(3, dtype=np.float32), (len(fixed), 1, 1))
    for _ in range(iterations):
        error = sample(moving[..., None], warps @ points) - fixed[:, y, x, None]
        step = identity.copy()
        step[:, :2] += (solver @ error).clip(-STRIDE, STRIDE).reshape(-1, 2, 3)
        warps = warps @ np.linalg.inv(step)
    return warps


def grid(margin: int, step: int) -> Floats:
    """(3, P): homogeneous coordinates y, x, 1 of pixels, from -1 to 1 across the image."""
    line = np.arange(margin, SIDE - margin, step, dtype=np.float32) / CENTRE - 1
    y, x = np.meshgrid(line, line, indexing="ij")
    return np.stack([y.ravel(), x.ravel(), np.ones(y.size, np.float32)])


def sample(images_nhwc: Floats, places: Floats) -> Floats:
    """(N, P, C), between pixels at (N, 3, P); outside, the edge goes on.

    By hand because scipy's map_coordinates takes three times as long.
    """
    y, x = ((places[:, :2] + 1) * CENTRE).clip(0, SIDE - 1.001).swapaxes(0, 1)
    top, left = np.floor(y), np.floor(x)
    corner = np.arange(len(y))[:, None] * SIDE**2 + (top * SIDE + left).astype(np.int64)
    down, right = (y - top)[..., None], (x - left)[..., None]
    pixels = images_nhwc.reshape(-1, images_nhwc.shape[-1])
    above = pixels[corner] * (1 - right) + pixels[corner + 1] * right
    below = pixels[corner + SIDE] * (1 - right) + pixels[corner + SIDE + 1] * right
    return above * (1 - down) + below * down


def correlation(fixed_nhwc: Floats, sampled: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Pearson's over channels and the points (N, P) inside; 0 where an image is flat."""
    channels = sampled.shape[-1]
    weights = np.repeat(inside, channels, 1) / np.maximum(1, channels * inside.sum(1))[:, None]
    a, b = (values.reshape(weights.shape) for values in (fixed_nhwc, sampled))
    a, b = (values - (weights * values).sum(1, keepdims=True) for values in (a, b))
    square = (weights * a * a).sum(1) * (weights * b * b).sum(1)
    return (weights * a * b).sum(1) / np.sqrt(square + 1e-9)


def detail(images: Floats, smallest: float, largest: float) -> Floats:
    """What lies between two scales, its contrast the same all over the image."""
    fine, coarse, around = (gaussian(scale) for scale in (smallest, largest, 2 * largest))
    smooth = fine @ images @ fine.T
    band = smooth - coarse @ smooth @ coarse.T
    return band / np.sqrt(around @ (band * band) @ around.T + np.float32(NOISE**2))


def gaussian(scale: float) -> Floats:
    """(SIDE, SIDE): filters a line of pixels; cut off at its ends."""
    line = np.arange(SIDE)
    return rows_of_one(np.exp(-((line[:, None] - line) ** 2) / (2 * scale**2)))


def averaging(size: int, count: int) -> Floats:
    """(count, size): brings a line of pixels to another length, by overlapping triangles."""
    centres = (np.arange(size) + 0.5) * count / size - 0.5
    away = np.abs(np.arange(count)[:, None] - centres) / max(1, count / size)
    return rows_of_one(np.maximum(0, 1 - away))


def rows_of_one(weights: Floats) -> Floats:
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


def resize(images_nhwc: Images) -> Floats:
    rows, columns = (averaging(size, SIDE) for size in images_nhwc.shape[1:3])
    return np.einsum("nhwc,ih,jw->nijc", images_nhwc, rows, columns, optimize=True)


def grey(images_nhwc: Floats) -> Floats:
    """Luma (ITU-R BT.601)."""
    return images_nhwc @ LUMA if images_nhwc.shape[-1] == 3 else images_nhwc[..., 0]
