"""Contact sheets: what stands on them and where, and that the same rows give the same bytes."""

from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
import synthetic
from PIL import Image

from archbench.base.predictions import join
from archbench.comparison.tables import missed_by_all
from archbench.gallery import answers
from archbench.gallery import sheets as gallery
from archbench.gallery.answers import Answers
from archbench.gallery.sheets import GAP, SIDE, TITLE_LINE, Line, Tile
from archbench.style.palette import SHAPES, Look, looks

CLASSES = synthetic.CLASSES
A, B = looks("ab").values()


def images(channels: int = 3) -> np.ndarray:
    random = np.random.default_rng(0)
    return random.integers(256, size=(300, 8, 8, channels), dtype=np.uint8)


def opened(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def answered(table: pd.DataFrame, name: str = "mlp") -> Answers:
    return answers.of_run(name, table, 0)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_surest_mistake_comes_first_and_unsmoothed(channels):
    table, pictures = synthetic.predictions(0.5, 0, CLASSES), images(channels)
    wrong = table[table["prediction"] != table["label"]]
    surest = int(wrong.sort_values("confidence", ascending=False)["index"].iloc[0])
    sheet = opened(gallery.mistakes_sheet(answered(table), [0], pictures, CLASSES, tiles=6))
    expected = np.broadcast_to(pictures[surest], (8, 8, 3)).repeat(20, 0).repeat(20, 1)
    windows = np.lib.stride_tricks.sliding_window_view(sheet[:260], (160, 160), axis=(0, 1))
    assert any(
        (windows[top, 16] == expected.transpose(2, 0, 1)).all() for top in range(windows.shape[0])
    )


def test_the_same_rows_give_the_same_bytes():
    table = synthetic.predictions(0.5, 0, CLASSES)
    sheets = [gallery.mistakes_sheet(answered(table), [0], images(), CLASSES, 6) for _ in range(2)]
    assert sheets[0] == sheets[1]


def parts(sheet: Any) -> tuple[list[Line], list[Tile]]:
    """Title and tiles, where `draw` gives them back and makes no PNG."""
    return sheet


def tables(*skills: float) -> dict[str, pd.DataFrame]:
    return {
        name: synthetic.predictions(skill, 0, CLASSES)
        for name, skill in zip("ab", skills, strict=False)
    }


def test_the_sheet_of_what_every_run_misses_follows_stage_compare(monkeypatch):
    """Its images, its order, its margins; and of each architecture its own guess."""
    monkeypatch.setattr(gallery, "draw", lambda title, tiles: (title, tiles))
    by_name, pictures = tables(0.5, 0.6), images()
    missed = missed_by_all(join(by_name), CLASSES)
    runs = {name: [answered(table, name)] for name, table in by_name.items()}
    title, tiles = parts(gallery.missed_sheet(missed, runs, pictures, CLASSES, tiles=6))
    assert len(tiles) == 6 < len(missed)
    joined = join(by_name)
    guesses = joined.pivot(index="index", columns="architecture", values="prediction")
    for tile, row in zip(tiles, missed.to_dict("records"), strict=False):
        assert (tile.image_hwc == pictures[row["index"]]).all()
        texts = [line.text for line in tile.caption]
        assert texts[:2] == [f"#{row['index']}  {row['margin']:.2f}", f"{row['actual']} →"]
        assert texts[2:] == [CLASSES[guess] for guess in guesses.loc[row["index"]]]
        assert row["actual"] not in texts[2:]
    who = "Missed by every run (2 architectures, 1 seed)"
    assert title[0].text == f"{who}: {len(missed)} images in 300 test images"
    assert title[1].text.startswith("6 of them, lowest margin first; ")
    assert [(line.text, line.look) for line in title[2:]] == [("a", A), ("b", B)]
    assert {tuple(line.look for line in tile.caption) for tile in tiles} == {(None, None, A, B)}
    best_first = {"b": runs["b"], "a": runs["a"]}
    title, tiles = parts(gallery.missed_sheet(missed, best_first, pictures, CLASSES, tiles=6))
    assert [(line.text, line.look) for line in title[2:]] == [("b", B), ("a", A)]
    texts = [line.text for line in tiles[0].caption[2:]]
    assert texts == [CLASSES[guesses[name][missed["index"].iloc[0]]] for name in "ba"]


def test_of_many_architectures_the_best_few_have_their_guesses_on_the_sheet(monkeypatch):
    monkeypatch.setattr(gallery, "draw", lambda title, tiles: (title, tiles))
    names, table = list("abcdefghijk"), synthetic.predictions(0.1, 0, CLASSES)
    missed = missed_by_all(join({"a": table}), CLASSES)
    runs = {name: [answered(table, name)] for name in names[::-1]}
    title, tiles = parts(gallery.missed_sheet(missed, runs, images(), CLASSES, tiles=1))
    assert title[0].text.startswith("Missed by every run (11 architectures")
    assert title[1].text.endswith("label → the best 8's guesses")
    key = looks(names)
    assert [(line.text, line.look) for line in title[2:]] == [
        (name, key[name]) for name in names[:2:-1]
    ]
    assert len(tiles[0].caption) == 2 + 8


def test_a_mistake_s_caption_names_its_label_and_then_the_guess(monkeypatch):
    monkeypatch.setattr(gallery, "draw", lambda title, tiles: (title, tiles))
    rows = np.array([[0.3, 0.1, 0.6], [0.05, 0.9, 0.05], [0.75, 0.15, 0.1]])
    pictures, mlp = images(), Answers("mlp", np.array([0, 1, 2]), rows)
    title, tiles = parts(gallery.mistakes_sheet(mlp, [0, 1], pictures, CLASSES, tiles=9))
    assert [[line.text for line in tile.caption] for tile in tiles] == [
        ["#2  75.0%", "frog", "→ cat"],
        ["#0  60.0%", "cat", "→ frog"],
    ]
    for tile, index in zip(tiles, (2, 0), strict=True):
        assert (tile.image_hwc == pictures[index]).all()
    assert [line.text for line in title] == [
        "mlp (seed 0, the first of 2): 2 mistakes in 3 test images",
        "All of them, most confident first; true class → predicted",
    ]


@pytest.mark.parametrize(("tiles", "shown"), [(1, "1 of them"), (2, "All of them")])
def test_a_sheet_has_so_many_tiles_and_says_whether_they_are_all(monkeypatch, tiles, shown):
    monkeypatch.setattr(gallery, "draw", lambda title, tiles: (title, tiles))
    poor = Answers("mlp", np.array([0, 0]), np.array([[0.4, 0.6], [0.1, 0.9]]))
    title, drawn = parts(gallery.mistakes_sheet(poor, [0], images(), CLASSES, tiles))
    assert len(drawn) == tiles
    assert title[1].text.startswith(f"{shown}, most confident first")


def test_without_mistakes_the_sheet_says_so(monkeypatch):
    monkeypatch.setattr(gallery, "draw", lambda title, tiles: (title, tiles))
    table = synthetic.predictions(100.0, 0, CLASSES)
    perfect = answered(table, "a")
    title, tiles = parts(gallery.mistakes_sheet(perfect, [0], images(), CLASSES, 6))
    assert [line.text for line in title] == ["a (seed 0): no mistakes in 300 test images"]
    assert tiles == []
    missed = missed_by_all(join({"a": table}), CLASSES)
    title, tiles = parts(gallery.missed_sheet(missed, {"a": [perfect]}, images(), CLASSES, 6))
    who = "Missed by every run (1 architecture, 1 seed)"
    assert [line.text for line in title] == [f"{who}: no images in 300 test images"]
    assert tiles == []


STEP = SIDE + GAP


def shade(value: int, *caption: Line) -> Tile:
    return Tile(np.full((4, 4, 1), value, np.uint8), caption)


def test_tiles_fill_rows_of_eight_from_the_left():
    drawn = opened(gallery.draw([Line("title")], [shade(10 * number) for number in range(9)]))
    top = GAP + TITLE_LINE + GAP
    for number in range(9):
        row, column = divmod(number, 8)
        y, x = top + row * STEP, GAP + column * STEP
        assert (drawn[y : y + SIDE, x : x + SIDE] == 10 * number).all()
    assert (drawn[top + STEP : top + STEP + SIDE, GAP + STEP :] == 255).all()


def test_an_image_is_enlarged_upright():
    image = np.arange(12, dtype=np.uint8).reshape(3, 4, 1) * 20
    drawn = opened(gallery.draw([], [Tile(image, [])]))
    expected = image[..., 0].repeat(40, 0).repeat(40, 1)
    assert (drawn[2 * GAP : 2 * GAP + 120, GAP : GAP + 160, 0] == expected).all()


def test_a_line_stands_under_its_tile_after_its_mark():
    colour = Line("cat", Look("#ff0000", SHAPES[1]))
    with_colour = opened(gallery.draw([], [shade(0), shade(0, Line("dog"), colour)]))
    red = np.argwhere((with_colour == (255, 0, 0)).all(2))
    below = 2 * GAP + SIDE
    assert red.min(0).tolist() == [below + 4 + gallery.LINE + 5, GAP + STEP]
    text = opened(gallery.draw([], [shade(0), shade(0, Line("dog"), Line("cat"))]))
    assert (text[below + 1 :, : GAP + STEP - 1] == 255).all()  # below the edge
    assert (text[below + 4 : below + 4 + gallery.LINE, GAP + STEP :] < 100).any()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.marker)
def test_every_shape_has_its_own_mark(shape):
    def mark(shape) -> bytes:
        return gallery.draw([], [shade(0, Line("cat", Look("#ff0000", shape)))])

    assert sum(mark(shape) == mark(other) for other in SHAPES) == 1


def test_what_a_line_says_is_what_is_written():
    def write(text: str) -> bytes:
        return gallery.draw([], [shade(0, Line(text))])

    assert write("cat") == write("cat") != write("dog")


def test_a_long_line_ends_in_an_ellipsis_within_its_tile():
    assert gallery._fit("short", SIDE, gallery.FONT) == "short"
    cut = gallery._fit("a name\nof many " * 9, SIDE, gallery.FONT)
    assert cut.startswith("a name of m")
    assert cut.endswith("…")
    assert gallery.FONT.getlength(cut) <= SIDE < gallery.FONT.getlength(cut[:-1] + "many…")
