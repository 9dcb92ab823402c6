"""Many small pictures in one image file, inlined as a data URI: a page of hundreds stays light.

They stay in their memory-mapped array, and are read and reduced one by one.
"""

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COLUMNS = 32
LONGEST = 64
"""Of a picture, in pixels: one of a folder's may be larger, and is reduced."""
SHADE = (10, 18, 48)
"""Over the places without evidence: dark, but not the black that pictures have themselves."""
DARKEST = 225
"""Opacity of the shade, of 255."""


@dataclass(frozen=True, slots=True)
class Sprite:
    uri: str
    count: int
    height: int
    """Of one picture, in pixels of the file."""
    width: int

    @property
    def rows(self) -> int:
        return -(-self.count // COLUMNS)

    def place(self, number: int) -> str:
        """The picture's column and row, as the page's style sheet wants them."""
        return f"--x:{number % COLUMNS};--y:{number // COLUMNS}"


def pictures(images_nhwc: NDArray[Any], index: NDArray[Any], *, lossless: bool) -> Sprite:
    """WebP of the uint8 images at `index`, with one channel or three."""
    small = reduced(images_nhwc, index)
    sheet = _tiled(np.broadcast_to(small, (*small.shape[:3], 3)))
    buffer = BytesIO()
    quality = 80 if lossless else 90  # lossless: the encoder's effort
    Image.fromarray(sheet).save(buffer, "WEBP", lossless=lossless, quality=quality, method=4)
    return Sprite(_uri("webp", buffer), len(small), *small.shape[1:3])


def shades(maps: NDArray[np.uint8]) -> Sprite:
    """PNG of maps (N, h, w) to lay over pictures: clear where a map is 255, dark where it is 0."""
    sheet = Image.fromarray(_tiled(maps[..., None])[..., 0])
    sheet.putpalette(SHADE * 256)
    opacity = bytes((255 - value) * DARKEST // 255 for value in range(256))
    buffer = BytesIO()
    sheet.save(buffer, "PNG", optimize=True, transparency=opacity)
    return Sprite(_uri("png", buffer), *maps.shape)


def reduced(images_nhwc: NDArray[Any], index: NDArray[Any]) -> NDArray[Any]:
    """The images at `index` as they are, or the means of their pixels where a side is over 64."""
    height, width, channels = images_nhwc.shape[1:]
    if max(height, width) <= LONGEST:
        return images_nhwc[index]
    scale = LONGEST / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = [
        np.asarray(Image.fromarray(images_nhwc[n].squeeze()).resize(size, Image.Resampling.BOX))
        for n in index
    ]
    return np.stack(small).reshape(len(small), size[1], size[0], channels)


def _tiled(images_nhwc: NDArray[Any]) -> NDArray[Any]:
    count, height, width, channels = images_nhwc.shape
    rows = max(1, -(-count // COLUMNS))
    cells = np.zeros((rows * COLUMNS, height, width, channels), np.uint8)
    cells[:count] = images_nhwc
    grid = cells.reshape(rows, COLUMNS, height, width, channels).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(rows * height, COLUMNS * width, channels))


def _uri(kind: str, buffer: BytesIO) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"
