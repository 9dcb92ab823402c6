"""Draw a contact sheet: a title, then images with captions, as PNG.

Drawn with Pillow, pixel by pixel: an image is enlarged by a whole factor without smoothing,
because an interpolated 32 × 32 image shows detail that no network has seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, after a square of colour if it speaks of one architecture."""

    text: str
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    image_hwc: np.ndarray
    """uint8, one channel (grey) or three."""
    caption: Sequence[Line]


COLUMNS = 8
SIDE = 160  # all measures in pixels
GAP = 16
WIDTH = COLUMNS * (SIDE + GAP) + GAP
TITLE_LINE = 30
LINE = 23
SQUARE = 12
EDGE = "#bbbbbb"  # shows where an image with a white background ends
FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")
TITLE_FONT = ImageFont.truetype(FONTS / "DejaVuSans-Bold.ttf", 20)
FONT = ImageFont.truetype(FONTS / "DejaVuSans.ttf", 17)


def draw(title: Sequence[Line], tiles: Sequence[Tile]) -> bytes:
    """The PNG's bytes depend on nothing but the arguments: no date, no software's name."""
    pictures = [_enlarge(tile.image_hwc) for tile in tiles]
    tallest = max((picture.height for picture in pictures), default=0)
    lines = max((len(tile.caption) for tile in tiles), default=0)
    top = GAP + TITLE_LINE * len(title) + GAP
    row_height = tallest + LINE * lines + GAP
    rows = -(-len(tiles) // COLUMNS)
    sheet = Image.new("RGB", (WIDTH, top + rows * row_height), "white")
    pen = ImageDraw.Draw(sheet)
    _write(pen, title, GAP, GAP, WIDTH - 2 * GAP, TITLE_FONT, TITLE_LINE)
    for number, (picture, tile) in enumerate(zip(pictures, tiles, strict=True)):
        row, column = divmod(number, COLUMNS)
        x, y = GAP + column * (SIDE + GAP), top + row * row_height
        pen.rectangle((x - 1, y - 1, x + picture.width, y + picture.height), outline=EDGE)
        sheet.paste(picture, (x, y))
        _write(pen, tile.caption, x, y + tallest + 4, SIDE, FONT, LINE)
    return _png(sheet)


def _enlarge(image_hwc: np.ndarray) -> Image.Image:
    """The largest whole multiple that fits a tile; an image larger than a tile is sampled."""
    image = Image.fromarray(np.squeeze(image_hwc, axis=2) if image_hwc.shape[2] == 1 else image_hwc)
    longest = max(image.size)
    scale = float(SIDE // longest) if longest <= SIDE else SIDE / longest
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.NEAREST).convert("RGB")


def _write(
    pen: ImageDraw.ImageDraw,
    lines: Sequence[Line],
    x: int,
    y: int,
    width: int,
    font: ImageFont.FreeTypeFont,
    height: int,
) -> None:
    for number, line in enumerate(lines):
        top, indent = y + number * height, 0
        if line.colour is not None:
            indent = SQUARE + 6
            box = (x, top + 5, x + SQUARE, top + 5 + SQUARE)
            pen.rectangle(box, fill=line.colour)
        pen.text((x + indent, top), _fit(line.text, width - indent, font), "black", font)


def _fit(text: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    """One line, cut with an ellipsis where it would run into the next tile."""
    text = " ".join(text.split())
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
