"""Bytes → arrays, for the three formats of the catalogue. Pure; strict about every length.

Images are uint8 NHWC, labels uint8. Malformed input raises ValueError.
"""

import io
import json
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from archbench.download.dataset import Dataset, Idx, Layout, Member, Records, Strips

Bytes = NDArray[np.uint8]
Shape = tuple[int, int, int]


class Arrays(NamedTuple):
    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes


def decode(layout: Layout, files: Mapping[str, bytes], dataset: Dataset) -> Arrays:
    """`files` holds the content of each of the layout's members by name."""
    match layout:
        case Records():
            return _from_records(layout, files, dataset)
        case Strips():
            return _from_strips(layout, files, dataset)
        case Idx():
            return _from_idx(layout, files)


def _from_records(layout: Records, files: Mapping[str, bytes], dataset: Dataset) -> Arrays:
    halves = (
        b"".join(files[member.name] for member in half) for half in (layout.train, layout.test)
    )
    train, test = (records(half, dataset.image_shape, layout.label_bytes) for half in halves)
    return Arrays(*train, *test)


def _from_strips(layout: Strips, files: Mapping[str, bytes], dataset: Dataset) -> Arrays:
    def images(members: tuple[Member, ...], size: int) -> Bytes:
        rows = size // len(members)
        return np.concatenate([strip(files[m.name], rows, dataset.image_shape) for m in members])

    return Arrays(
        images(layout.train_images, dataset.train_size),
        json_labels(files[layout.train_labels.name]),
        images(layout.test_images, dataset.test_size),
        json_labels(files[layout.test_labels.name]),
    )


def _from_idx(layout: Idx, files: Mapping[str, bytes]) -> Arrays:
    return Arrays(
        idx(files[layout.train_images.name], dimensions=3)[..., None],
        idx(files[layout.train_labels.name], dimensions=1),
        idx(files[layout.test_images.name], dimensions=3)[..., None],
        idx(files[layout.test_labels.name], dimensions=1),
    )


def records(content: bytes, shape: Shape, label_bytes: int = 1) -> tuple[Bytes, Bytes]:
    """CIFAR's binary format (https://www.cs.toronto.edu/~kriz/cifar.html): images, labels."""
    height, width, channels = shape
    length = label_bytes + height * width * channels
    if not content or len(content) % length:
        raise ValueError(f"{len(content)} bytes are not whole records of {length} bytes")
    rows = np.frombuffer(content, np.uint8).reshape(-1, length)
    images_nchw = rows[:, label_bytes:].reshape(-1, channels, height, width)
    images_nhwc = np.ascontiguousarray(images_nchw.transpose(0, 2, 3, 1))
    return images_nhwc, rows[:, label_bytes - 1].copy()


def strip(content: bytes, rows: int, shape: Shape) -> Bytes:
    """An RGB PNG whose every row is one image; its size is checked before it is unpacked."""
    height, width, channels = shape
    expected = ("RGB", (height * width, rows))
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as png:
            if (png.mode, png.size) != expected:
                raise ValueError(f"PNG is {png.mode} {png.size}, expected {expected}")
            return np.array(png, np.uint8).reshape(rows, height, width, channels)
    except (OSError, SyntaxError, EOFError, Image.DecompressionBombError) as damage:
        raise ValueError(f"truncated or not a PNG: {damage}") from None


def json_labels(content: bytes) -> Bytes:
    try:
        labels = json.loads(content)
    except (ValueError, RecursionError) as damage:
        raise ValueError(f"labels are not JSON: {damage}") from None
    if not isinstance(labels, list) or not all(type(x) is int and 0 <= x < 256 for x in labels):
        raise ValueError("labels are not a JSON list of integers from 0 to 255")
    return np.array(labels, np.uint8)


def idx(content: bytes, dimensions: int) -> Bytes:
    """MNIST's format: 0, 0, 8 (unsigned byte), number of dimensions; each size as 4 bytes."""
    start = 4 + 4 * dimensions
    magic = bytes((0, 0, 8, dimensions))
    if len(content) < start or content[:4] != magic:
        raise ValueError(f"idx starts with {content[:4].hex()}, expected {magic.hex()}")
    shape = tuple(np.frombuffer(content, ">u4", dimensions, offset=4).tolist())
    if (found := len(content) - start) != (expected := int(np.prod(shape, dtype=object))):
        raise ValueError(f"idx holds {found} bytes, expected {expected} for {shape}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()
