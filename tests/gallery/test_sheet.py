"""A sheet's pixels: every tile at its place, its caption below it, its colours beside the lines."""

from io import BytesIO

import numpy as np
from PIL import Image

from archbench.gallery import sheet
from archbench.gallery.sheet import GAP, SIDE, TITLE_LINE, Line, Tile

STEP = SIDE + GAP


def opened(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)))


def shade(value: int, *caption: Line) -> Tile:
    return Tile(np.full((4, 4, 1), value, np.uint8), caption)


def test_tiles_fill_rows_of_eight_from_the_left():
    drawn = opened(sheet.draw([Line("title")], [shade(10 * number) for number in range(9)]))
    top = GAP + TITLE_LINE + GAP
    for number in range(9):
        row, column = divmod(number, 8)
        y, x = top + row * STEP, GAP + column * STEP
        assert (drawn[y : y + SIDE, x : x + SIDE] == 10 * number).all()
    assert (drawn[top + STEP : top + STEP + SIDE, GAP + STEP :] == 255).all()


def test_an_image_is_enlarged_upright():
    image = np.arange(12, dtype=np.uint8).reshape(3, 4, 1) * 20
    drawn = opened(sheet.draw([], [Tile(image, [])]))
    expected = image[..., 0].repeat(40, 0).repeat(40, 1)
    assert (drawn[2 * GAP : 2 * GAP + 120, GAP : GAP + 160, 0] == expected).all()


def test_a_line_stands_under_its_tile_after_its_colour():
    colour = Line("cat", "#ff0000")
    with_colour = opened(sheet.draw([], [shade(0), shade(0, Line("dog"), colour)]))
    red = np.argwhere((with_colour == (255, 0, 0)).all(2))
    below = 2 * GAP + SIDE
    assert red.min(0).tolist() == [below + 4 + sheet.LINE + 5, GAP + STEP]
    text = opened(sheet.draw([], [shade(0), shade(0, Line("dog"), Line("cat"))]))
    assert (text[below + 1 :, : GAP + STEP - 1] == 255).all()  # below the edge
    assert (text[below + 4 : below + 4 + sheet.LINE, GAP + STEP :] < 100).any()


def test_what_a_line_says_is_what_is_written():
    def write(text: str) -> bytes:
        return sheet.draw([], [shade(0, Line(text))])

    assert write("cat") == write("cat") != write("dog")


def test_a_long_line_ends_in_an_ellipsis_within_its_tile():
    assert sheet._fit("short", SIDE, sheet.FONT) == "short"
    cut = sheet._fit("a name\nof many " * 9, SIDE, sheet.FONT)
    assert cut.startswith("a name of m")
    assert cut.endswith("…")
    assert sheet.FONT.getlength(cut) <= SIDE < sheet.FONT.getlength(cut[:-1] + "many…")
