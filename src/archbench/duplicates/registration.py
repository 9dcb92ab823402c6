"""Lay one image over another that may be a crop, a stretch or a recolouring of it, and correlate.

Images are brought to 32 × 32 pixels. An affine map is found on local detail, coarse and then fine.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]  # (N, H, W, C), of one channel or three
Floats = NDArray[Any]  # float32

SIDE = 32  # pixels to which every image is brought; lengths below are in these pixels
CENTRE = (SIDE - 1) / 2
LEVELS = ((4.0, 10.0, 2, 10), (1.25, 3.0, 1, 10))
"""Coarse, then fine: smallest and largest extent of the detail, step between points, iterations."""
NOISE = 8.0  # grey levels of contrast below which detail is not amplified
MARGIN = 3  # outermost pixels that are left out: frames and captions, or cut off in the other image
OVERLAP = 0.5  # least share of the others that lies inside the other image
DAMPING, STRIDE = 0.003, 0.1
"""Of a step of the registration: share of the Hessian's trace, and the most that it moves."""


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
