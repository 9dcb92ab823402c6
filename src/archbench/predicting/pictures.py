"""Files and folders of pictures → batches of images such as the network was trained on."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image

from archbench.download import picture
from archbench.download.decode import Bytes

SUFFIXES = (".png", ".jpg", ".jpeg")
"""What is taken from a folder. A file that is named is tried whatever its suffix."""
STDIN = "-"
PART = 50
"""Files that a thread decodes in a row: small ones take less time than to hand each to a thread."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures that could be read, and what is wrong with the others."""

    files: list[Path]
    images_nhwc: Bytes
    """uint8 (files, size, size, channels)."""
    faults: dict[Path, str]


def listing(names: Iterable[str]) -> list[Path]:
    """The files named, those in folders named, and for `-` those that stdin names line by line.

    A folder's files are in the order of their paths, those of its folders among them.
    """
    return list(chain.from_iterable(map(_files, names)))


def _files(name: str) -> list[Path]:
    if name == STDIN:
        return listing(line for line in sys.stdin.read().splitlines() if line)
    if not Path(name).is_dir():
        return [Path(name)]
    return sorted(file for file in Path(name).rglob("*") if file.suffix.lower() in SUFFIXES)


def read(paths: Sequence[Path], size: int, channels: int, batch: int) -> Iterator[Batch]:
    """At most `batch` files at a time, in their order.

    None is decoded ahead: on two cores that slowed a network down by more than it took.
    """
    with ThreadPoolExecutor() as pool:
        for start in range(0, len(paths), batch):
            group = paths[start : start + batch]
            parts = [group[first : first + PART] for first in range(0, len(group), PART)]
            tries = pool.map(lambda part: [_try(path, size, channels) for path in part], parts)
            found = list(zip(group, chain.from_iterable(tries), strict=True))
            images = {path: one for path, one in found if not isinstance(one, str)}
            faults = {path: one for path, one in found if isinstance(one, str)}
            shape = (len(images), size, size, channels)
            yield Batch(
                list(images), np.array(list(images.values()), np.uint8).reshape(shape), faults
            )


def _try(path: Path, size: int, channels: int) -> Bytes | str:
    """The image, or what is wrong with the file."""
    try:
        return image(path, size, channels)
    except picture.Unusable as unusable:
        return str(unusable)


def image(path: Path, size: int, channels: int) -> Bytes:
    """uint8 (size, size, channels), by the same steps as an image that was trained on.

    `Unusable` if the file is no picture that can be read.
    """
    pixels = picture.read(path, size)
    if channels == 1 and pixels.shape[2] == 3:
        return np.array(Image.fromarray(pixels).convert("L"))[..., None]
    return pixels.repeat(channels // pixels.shape[2], axis=2)
