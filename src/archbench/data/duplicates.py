"""Test images whose photograph is among the training images too: cropped, stretched, recoloured.

A model may have learnt those by heart, and CIFAR has hundreds (Barz & Denzler 2020, "Do we train on
test data?"). No trained model is asked, so the list is a function of the data alone: a descriptor
of the edges proposes neighbours, each is registered with the test image, and what correlates once
overlaid is the same photograph. Unless the test image correlates with its ordinary neighbours too,
as a digit does: such likeness says nothing of a common origin.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

Images = NDArray[np.uint8]  # (N, H, W, C), of one channel or three
Floats = NDArray[Any]  # float32

SAME, UNLIKE, LENIENCE = 0.8, 0.2, 2.0
"""Copies correlate SAME or more, and with their ordinary neighbours UNLIKE or less; or LENIENCE
times as much more as they exceed SAME by. Found by looking at hundreds of pairs of CIFAR-10."""
CANDIDATES, LIKELY = 5, 0.45
"""Neighbours to register: the nearest, and of the others those with such a cosine."""
ORDINARY = np.array([0.002, 0.003, 0.004, 0.006, 0.008])
"""Ranks of the ordinary neighbours as shares of the training images: beyond the copies of one
photograph, of which CIFAR-10 has dozens in places, and still among the images most alike."""
BLOCK = 250  # images or pairs at a time: bounds the memory

SIDE = 32  # pixels to which every image is brought; lengths below are in these pixels
CENTRE = (SIDE - 1) / 2
CELLS, DIRECTIONS = 4, 8
VARIANCE = 0.99  # share of the descriptors' that is kept: whitening would magnify the rest, noise
LEVELS = ((4.0, 10.0, 2, 10), (1.25, 3.0, 1, 10))
"""Coarse, then fine: smallest and largest extent of the detail, step between points, iterations."""
NOISE = 8.0  # grey levels of contrast below which detail is not amplified
MARGIN = 3  # outermost pixels that are left out: frames and captions, or cut off in the other image
OVERLAP = 0.5  # least share of the others that lies inside the other image
DAMPING, STRIDE = 0.003, 0.1
"""Of a step of the registration: share of the Hessian's trace, and the most that it moves."""


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
    ranks = asked_ranks(len(train))
    order = len(train) - 1 - ranks
    tables = []
    for start in range(0, len(test_nhwc), BLOCK):
        cosines = test[:, start : start + BLOCK] @ train.T
        found = np.argpartition(cosines.max(0), order)[:, order]
        by_view = np.take_along_axis(cosines, found[None], 2)
        columns = {
            "index": np.repeat(start + np.arange(len(found)), len(ranks)),
            "rank": np.tile(ranks, len(found)),
            "neighbour": found.ravel(),
            "mirrored": by_view.argmax(0).ravel() == 1,
            "features": by_view.max(0).ravel().astype(np.float64).round(4),
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def asked_ranks(count: int) -> NDArray[np.int64]:
    """Of `count` training images: the candidates' ranks, then the ordinary neighbours'."""
    ordinary = np.maximum(np.rint(ORDINARY * count), 2 * CANDIDATES + np.arange(len(ORDINARY)))
    ranks = np.concatenate([np.arange(CANDIDATES), ordinary.astype(np.int64)])
    return np.unique(ranks.clip(max=count - 1))


def describe(images_nhwc: Images) -> Floats:
    """(N, CELLS² · DIRECTIONS): histograms of oriented gradients (Dalal & Triggs 2005).

    Square roots; neither cells nor directions have sharp edges, so small shifts change little.
    """
    pooling = tents(SIDE, CELLS)
    histograms = []
    for start in range(0, len(images_nhwc), BLOCK):
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
    """Of each pair (`index`, `neighbour`, `mirrored`), overlaid; to four digits."""
    found = [np.empty(0, np.float32)]
    for start in range(0, len(pairs), BLOCK):
        some = pairs.iloc[start : start + BLOCK]
        test, train = test_nhwc[some["index"]], train_nhwc[some["neighbour"]]
        mirrored = some["mirrored"].to_numpy()[:, None, None, None]
        found.append(overlaid(resize(np.where(mirrored, test[:, :, ::-1], test)), resize(train)))
    return np.concatenate(found).astype(np.float64).round(4)


def overlaid(fixed_nhwc: Floats, moving_nhwc: Floats) -> Floats:
    """How well each pair, registered, correlates in detail times how well in colour.

    Only the same photograph shares its background's detail; two cars of one catalogue differ in
    colour.
    """
    fixed, moving = grey(fixed_nhwc), grey(moving_nhwc)
    warps = np.tile(np.eye(3, dtype=np.float32), (len(fixed), 1, 1))
    for smallest, largest, step, iterations in LEVELS:
        a, b = (detail(images, smallest, largest) for images in (fixed, moving))
        warps = register(a, b, warps, grid(MARGIN, step), iterations)
    places, inner = warps @ grid(MARGIN, 1), slice(MARGIN, -MARGIN)
    inside = np.all(np.abs(places[:, :2]) <= 1 + 1 / SIDE, axis=1)
    shape = correlation(a[:, inner, inner], sample(b[..., None], places), inside)
    colour = correlation(fixed_nhwc[:, inner, inner], sample(moving_nhwc, places), inside)
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

    By hand: scipy's map_coordinates takes several times as long.
    """
    y, x = ((places[:, :2] + 1) * CENTRE).clip(0, SIDE - 1.001).swapaxes(0, 1)
    top, left = np.floor(y), np.floor(x)
    corner = np.arange(len(y))[:, None] * SIDE**2 + (top * SIDE + left).astype(np.int64)
    down, right = (y - top)[..., None], (x - left)[..., None]
    pixels = images_nhwc.reshape(-1, images_nhwc.shape[-1])
    above = pixels[corner] * (1 - right) + pixels[corner + 1] * right
    below = pixels[corner + SIDE] * (1 - right) + pixels[corner + SIDE + 1] * right
    return above * (1 - down) + below * down


def correlation(fixed: Floats, sampled: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Pearson's over the points (N, P) inside and all channels; 0 where an image is flat."""
    weights = np.repeat(inside, sampled.shape[-1], 1).astype(np.float32)
    weights /= np.maximum(1, weights.sum(1, keepdims=True))
    a, b = (values.reshape(weights.shape) for values in (fixed, sampled))
    a, b = (values - (weights * values).sum(1, keepdims=True) for values in (a, b))
    variances = (weights * a * a).sum(1) * (weights * b * b).sum(1)
    return (weights * a * b).sum(1) / np.sqrt(variances + 1e-9)


def detail(images: Floats, smallest: float, largest: float) -> Floats:
    """What lies between two extents, its contrast the same all over the image."""
    fine, coarse, around = (tents(SIDE, SIDE, half) for half in (smallest, largest, 2 * largest))
    smooth = fine @ images @ fine.T
    band = smooth - coarse @ smooth @ coarse.T
    return band / np.sqrt(around @ (band * band) @ around.T + np.float32(NOISE**2))


def tents(size: int, count: int, half: float = 1.0) -> Floats:
    """(count, size): brings a line of pixels to `count`, each the mean under a tent.

    A tent is `half` of the new pixels wide to each side, or more where old ones lie farther apart.
    """
    centres = (np.arange(size) + 0.5) * count / size - 0.5
    away = np.abs(np.arange(count)[:, None] - centres) / max(half, count / size)
    weights = np.maximum(0, 1 - away)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


def resize(images_nhwc: Images) -> Floats:
    rows, columns = (tents(size, SIDE) for size in images_nhwc.shape[1:3])
    return np.einsum("nhwc,ih,jw->nijc", images_nhwc, rows, columns, optimize=True)


def grey(images_nhwc: Floats) -> Floats:
    """Luma of ITU-R BT.601."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return images_nhwc @ weights if images_nhwc.shape[-1] == 3 else images_nhwc[..., 0]
