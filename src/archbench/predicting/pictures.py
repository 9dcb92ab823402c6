"""Files and folders of pictures → batches of images such as the network was trained on."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
    """At most `batch` files at a time, in their order; the next ones are decoded meanwhile."""
    groups = [paths[start : start + batch] for start in range(0, len(paths), batch)]
    with ThreadPoolExecutor() as pool:

        def begin(group: Sequence[Path]) -> list[tuple[Path, Future[Bytes]]]:
            return [(path, pool.submit(image, path, size, channels)) for path in group]

        coming: list[tuple[Path, Future[Bytes]]] = []
        for group in [*groups, []]:
            current, coming = coming, begin(group)
            if current:
                yield _finish(current, (size, size, channels))


def _finish(tries: list[tuple[Path, Future[Bytes]]], shape: tuple[int, int, int]) -> Batch:
    images, faults = {}, {}
    for path, future in tries:
        try:
            images[path] = future.result()
        except picture.Unusable as unusable:
            faults[path] = str(unusable)
    stacked = np.stack(list(images.values())) if images else np.zeros((0, *shape), np.uint8)
    return Batch(list(images), stacked, faults)


def image(path: Path, size: int, channels: int) -> Bytes:
    """uint8 (size, size, channels), by the same steps as an image that was trained on.

    `Unusable` if the file is no picture that can be read.
    """
    pixels = picture.read(path, size)
    if channels == 1 and pixels.shape[2] == 3:
        return np.array(Image.fromarray(pixels).convert("L"))[..., None]
    return pixels.repeat(channels // pixels.shape[2], axis=2)
