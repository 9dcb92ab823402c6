"""Contact sheets: each architecture's mistakes, and what every run misses, as PNG.

Drawn with Pillow, pixel by pixel: an image is enlarged by a whole factor without smoothing,
because an interpolated 32 × 32 image shows detail that no network has seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont

from archbench.gallery.answers import Answers, consensus, mistakes
from archbench.gallery.listing import MANY
from archbench.style.palette import Look, looks


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, after the mark of an architecture if it speaks of one."""

    text: str
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    image_hwc: np.ndarray
    """uint8, one channel (grey) or three."""
    caption: Sequence[Line]


COLUMNS = 8
SIDE = 160  # all measures in pixels
GAP = 16
FEW = 8
"""Architectures whose guesses a tile has where there are many."""
WIDTH = COLUMNS * (SIDE + GAP) + GAP
TITLE_LINE = 30
LINE = 23
MARK = 12
EDGE = "#bbbbbb"  # shows where an image with a white background ends
FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")
TITLE_FONT = ImageFont.truetype(FONTS / "DejaVuSans-Bold.ttf", 20)
FONT = ImageFont.truetype(FONTS / "DejaVuSans.ttf", 17)


def mistakes_sheet(
    answers: Answers,
    seeds: Sequence[int],
    images_nhwc: np.ndarray,
    classes: Sequence[str],
    tiles: int,
) -> bytes:
    """The most confident mistakes of the first seed: one network's, so that none appears twice."""
    wrong = mistakes(answers)
    run = f"seed {seeds[0]}, the first of {len(seeds)}" if len(seeds) > 1 else f"seed {seeds[0]}"
    who, shown = f"{answers.name} ({run})", _shown(len(wrong), tiles, "most confident first")
    note = f"{shown}; true class → predicted"
    title = _title(who, "mistake", len(wrong), len(answers.labels), note)
    return draw(title, [_mistake(answers, i, images_nhwc, classes) for i in wrong[:tiles]])


def missed_sheet(
    missed: pd.DataFrame,
    runs: Mapping[str, Sequence[Answers]],
    images_nhwc: np.ndarray,
    classes: Sequence[str],
    tiles: int,
) -> bytes:
    """The first of `missed`, which stage compare made, and what each architecture takes them for.

    `runs` are all seeds' answers by architecture, the best first: of many, few have room.
    """
    shown = list(runs)[:FEW] if len(runs) > MANY else list(runs)
    guesses = {name: consensus(runs[name]) for name in shown}
    key = {name: looks(runs)[name] for name in shown}
    seeds = next(iter(runs.values()))
    who = f"Missed by every run ({_count(len(runs), 'architecture')}, {_count(len(seeds), 'seed')})"
    whose = "each one's guess" if len(shown) == len(runs) else f"the best {FEW}'s guesses"
    note = f"{_shown(len(missed), tiles, 'lowest margin first')}; margin, label → {whose}"
    title = _title(who, "image", len(missed), len(seeds[0].labels), note)
    if len(missed):
        title += [Line(name, look) for name, look in key.items()]
    rows = missed.head(tiles).itertuples(index=False, name="Missed")
    return draw(title, [_missed(row, guesses, key, images_nhwc, classes) for row in rows])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _shown(count: int, tiles: int, order: str) -> str:
    return f"{tiles if tiles < count else 'All'} of them, {order}"


def _title(who: str, noun: str, count: int, images: int, note: str) -> list[Line]:
    if not count:
        return [Line(f"{who}: no {noun}s in {images:,} test images")]
    return [Line(f"{who}: {_count(count, noun)} in {images:,} test images"), Line(note)]


def _mistake(answers: Answers, index: int, images_nhwc: np.ndarray, classes: Sequence[str]) -> Tile:
    caption = [
        f"#{index}  {answers.confidence[index]:.1%}",
        classes[answers.labels[index]],
        f"→ {classes[answers.prediction[index]]}",
    ]
    return Tile(images_nhwc[index], [Line(text) for text in caption])


def _missed(
    row: Any,
    guesses: Mapping[str, np.ndarray],
    key: Mapping[str, Look],
    images_nhwc: np.ndarray,
    classes: Sequence[str],
) -> Tile:
    """`row.actual` is the name of a class, the guesses are numbers."""
    guess = [Line(classes[guesses[name][row.index]], key[name]) for name in key]
    heading = [Line(f"#{row.index}  {row.margin:.2f}"), Line(f"{row.actual} →")]
    return Tile(images_nhwc[row.index], [*heading, *guess])


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
        if line.look is not None:
            indent = MARK + 6
            _mark(pen, line.look, x, top + 5)
        pen.text((x + indent, top), _fit(line.text, width - indent, font), "black", font)


def _mark(pen: ImageDraw.ImageDraw, look: Look, x: int, y: int) -> None:
    if corners := [(x + MARK * right, y + MARK * down) for right, down in look.shape.outline]:
        pen.polygon(corners, fill=look.colour)
    else:
        pen.ellipse((x, y, x + MARK, y + MARK), fill=look.colour)


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
