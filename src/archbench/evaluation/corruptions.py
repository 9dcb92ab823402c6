"""How accuracy falls as test images get worse: eight ways to spoil them, each in three severities.

Inspired by Hendrycks & Dietterich 2019, "Benchmarking Neural Network Robustness to Common
Corruptions and Perturbations", and by its code for 32×32 images; the strongest settings are near
theirs or beyond. It is not their CIFAR-10-C: images, strengths and draws differ, so results do not
compare with published ones.

Images are uint8 NHWC of any height and width, grey (1 channel) or RGB. Strengths rise in equal
steps with severity. The random draw is the same at every severity, only its weight grows: a curve
shows the severity, not the luck.
"""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

Images = NDArray[np.uint8]
Array = NDArray[Any]
Corruption = Callable[[Images, int, Generator], Images]

SEVERITIES = (1, 3, 5)
CHUNK_PIXELS = 200 * 32 * 32
"""Pixels of images that are floats at a time: bounds the memory, and changes no result."""


def noise(images: Images, severity: int, generator: Generator) -> Images:
    """Gaussian, of each pixel and channel; the standard deviation is a share of white."""
    sigma = {1: 0.02, 3: 0.06, 5: 0.1}[severity]
    return _rounded(images + 255 * sigma * generator.standard_normal(images.shape, np.float32))


def blur(images: Images, severity: int, _: Generator) -> Images:
    """Gaussian; the standard deviation is in pixels of an image whose shorter side has 32.

    It grows with larger images, but does not shrink with smaller ones: less would be no blur.
    """
    sigma = {1: 0.5, 3: 0.8, 5: 1.1}[severity] * max(1, min(images.shape[1:3]) / 32)
    return _rounded(gaussian_filter(images.astype(np.float32), sigma, axes=(1, 2)))


def fog(images: Images, severity: int, generator: Generator) -> Images:
    """A share of the light comes from clouds: a fractal surface from black to white.

    Spectral synthesis (Saupe 1988): amplitudes fall with the square of the frequency, so each
    octave is half as high as the one below; the paper's surfaces fall by 1.75 to 3.
    """
    thickness = {1: 0.2, 3: 0.4, 5: 0.6}[severity]
    count, height, width, _ = images.shape
    spectrum = np.fft.rfft2(generator.standard_normal((count, height, width), np.float32))
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
    frequency[0, 0] = np.inf
    clouds = np.fft.irfft2(spectrum / frequency**2, (height, width))[..., None]
    clouds -= clouds.min((1, 2), keepdims=True)
    clouds *= 255 / clouds.max((1, 2), keepdims=True)
    return _blended(clouds.astype(np.float32), images, thickness)


def contrast(images: Images, severity: int, _: Generator) -> Images:
    """What is left of each value's distance to the mean of its image and channel."""
    left = {1: 0.8, 3: 0.5, 5: 0.2}[severity]
    return _blended(images, images.mean((1, 2), np.float32, keepdims=True), left)


def brightness(images: Images, severity: int, _: Generator) -> Images:
    """Adds a share of white to each channel, up to white.

    The paper's code adds it to the value of HSV, which turns a dark pixel's tinge into full colour.
    """
    added = round(255 * {1: 0.1, 3: 0.2, 5: 0.3}[severity])
    return np.minimum(images, 255 - added) + np.uint8(added)


def saturation(images: Images, severity: int, _: Generator) -> Images:
    """What is left of each value's distance to its pixel's grey (luma of ITU-R 601).

    It only falls, where the paper's also rises. Grey images stay as they are.
    """
    if images.shape[-1] == 1:
        return images
    left = {1: 0.6, 3: 0.3, 5: 0.0}[severity]
    grey = images @ np.array([0.299, 0.587, 0.114], np.float32)
    return _blended(images, grey[..., None], left)


def jpeg(images: Images, severity: int, _: Generator) -> Images:
    """Saved at Pillow's quality and read again; colour at half the resolution (4:2:0)."""
    quality = {1: 80, 3: 50, 5: 20}[severity]

    def compress(image: Image.Image) -> Image.Image:
        file = BytesIO()
        image.save(file, "JPEG", quality=quality)
        return Image.open(file)

    return _one_by_one(compress, images)


def pixelation(images: Images, severity: int, _: Generator) -> Images:
    """Averaged to a share of the height and of the width, then enlarged again into blocks."""
    share = {1: 0.9, 3: 0.7, 5: 0.5}[severity]

    def pixelate(image: Image.Image) -> Image.Image:
        small = [max(1, round(share * side)) for side in image.size]
        averaged = image.resize(small, Image.Resampling.BOX)
        return averaged.resize(image.size, Image.Resampling.NEAREST)

    return _one_by_one(pixelate, images)


CORRUPTIONS: dict[str, Corruption] = {
    "noise": noise,
    "blur": blur,
    "fog": fog,
    "contrast": contrast,
    "brightness": brightness,
    "saturation": saturation,
    "JPEG": jpeg,
    "pixelation": pixelation,
}


def corrupt(name: str, severity: int, images_nhwc: Images, seed: int) -> Images:
    """The same arguments give the same images, whatever other images follow them."""
    generator = np.random.default_rng([seed, *name.encode()])
    corrupted, (_, height, width, _) = np.empty_like(images_nhwc), images_nhwc.shape
    size = max(1, CHUNK_PIXELS // (height * width))
    for start in range(0, len(images_nhwc), size):
        chunk = slice(start, start + size)
        corrupted[chunk] = CORRUPTIONS[name](images_nhwc[chunk], severity, generator)
    return corrupted


def settings(channels: int) -> list[tuple[str, int]]:
    """Every corruption and severity that changes images of so many channels."""
    names = [name for name in CORRUPTIONS if name != "saturation" or channels > 1]
    return [(name, severity) for name in names for severity in SEVERITIES]


def chosen(labels: Array, count: int, seed: int) -> NDArray[np.int64]:
    """Ascending indices of `count` images, or of all; each class at its share within one.

    A systematic sample: of the shuffled images, sorted by class, each (size / count)th from a
    random start. So every image is as likely to be in it, which stage split, whose classes have
    exact shares, does not promise.
    """
    size = len(labels)
    taken = min(count, size)
    generator = np.random.default_rng([seed])
    shuffled = generator.permutation(size)
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    places = (np.arange(taken) * size + generator.integers(size)) // taken
    return np.sort(by_class[places])


def table(
    labels: Array, clean: Array, corrupted: Mapping[tuple[str, int], Array], seed: int
) -> pd.DataFrame:
    """Accuracy in [0, 1] of one model, a row per corruption and severity; 0 is the clean images.

    `clean` and each of `corrupted` are the classes predicted for the same images, (N,); `seed` is
    the model's, not that of the draw.
    """
    predicted = {(name, 0): clean for name, _ in corrupted} | dict(corrupted)
    rows = [
        (name, severity, float((predicted[name, severity] == labels).mean()), seed)
        for name in CORRUPTIONS
        for severity in (0, *SEVERITIES)
        if (name, severity) in predicted
    ]
    return pd.DataFrame(rows, columns=["corruption", "severity", "accuracy", "seed"])


def shares(
    index: Array, labels: Array, corrupted: Mapping[tuple[str, int], Array], seed: int
) -> pd.DataFrame:
    """The share in [0, 1] of all settings in which one model is right, a row per image.

    A comparison of two models needs it image by image, since both see the same images. `index`
    are the images' numbers in the test set; without settings no image has a share.
    """
    columns = ["seed", "index", "share"]
    if not corrupted:
        return pd.DataFrame(columns=columns)
    right = np.mean([predicted == labels for predicted in corrupted.values()], axis=0)
    return pd.DataFrame({"seed": seed, "index": index, "share": right}, columns=columns)


def _blended(images: Array, other: Array, share: float) -> Images:
    """`share` of the images and the rest of `other`."""
    return _rounded(other + np.float32(share) * (images - other))


def _rounded(levels: Array) -> Images:
    return np.rint(levels).clip(0, 255).astype(np.uint8)


def _one_by_one(change: Callable[[Image.Image], Image.Image], images: Images) -> Images:
    """For what Pillow does to a single image, which is greyscale where it has one channel."""
    flat = images[..., 0] if images.shape[-1] == 1 else images
    changed = [np.asarray(change(Image.fromarray(image))) for image in flat]
    return np.stack(changed).reshape(images.shape)
