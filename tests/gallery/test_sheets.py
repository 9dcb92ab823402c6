"""Contact sheets: what stands on them, and that the same rows give the same bytes."""

from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import synthetic
from PIL import Image

from archbench.comparison.missed import missed_by_all
from archbench.gallery import sheets as gallery
from archbench.style.palette import COLOURS

CLASSES = synthetic.CLASSES
A, B = COLOURS[:2]


def images(channels: int = 3) -> np.ndarray:
    random = np.random.default_rng(0)
    return random.integers(256, size=(300, 8, 8, channels), dtype=np.uint8)


def opened(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


@pytest.mark.parametrize("channels", [1, 3])
def test_the_surest_mistake_comes_first_and_unsmoothed(channels):
    table, pictures = synthetic.predictions(0.5, 0, CLASSES), images(channels)
    wrong = table[table["prediction"] != table["label"]]
    surest = int(wrong.sort_values("confidence", ascending=False)["index"].iloc[0])
    sheet = opened(gallery.mistakes_sheet("mlp", table, pictures, CLASSES, [0], tiles=6))
    expected = np.broadcast_to(pictures[surest], (8, 8, 3)).repeat(20, 0).repeat(20, 1)
    windows = np.lib.stride_tricks.sliding_window_view(sheet[:260], (160, 160), axis=(0, 1))
    assert any(
        (windows[top, 16] == expected.transpose(2, 0, 1)).all() for top in range(windows.shape[0])
    )


def test_the_same_rows_give_the_same_bytes():
    table = synthetic.predictions(0.5, 0, CLASSES)
    sheets = [gallery.mistakes_sheet("a", table, images(), CLASSES, [0], 6) for _ in range(2)]
    assert sheets[0] == sheets[1]


def together() -> pd.DataFrame:
    tables = {name: synthetic.predictions(skill, 0, CLASSES) for name, skill in SKILLS.items()}
    return pd.concat(tables, names=["architecture"]).reset_index("architecture")


SKILLS = {"a": 0.5, "b": 0.6}


def test_the_sheet_of_what_every_run_misses_follows_stage_compare(monkeypatch):
    """Its images, its order, its margins; and of each architecture its own guess."""
    monkeypatch.setattr(gallery, "draw", lambda title, tiles: (title, tiles))
    joined, pictures = together(), images()
    missed = missed_by_all(joined, CLASSES)
    title, tiles = gallery.missed_sheet(missed, joined, pictures, CLASSES, [0], tiles=6)
    assert len(tiles) == 6 < len(missed)
    guesses = joined.pivot(index="index", columns="architecture", values="prediction")
    for tile, row in zip(tiles, missed.itertuples(), strict=False):
        assert (tile.image_hwc == pictures[row.index]).all()
        texts = [line.text for line in tile.caption]
        assert texts[:2] == [f"#{row.index}  {row.margin:.2f}", f"{row.label} →"]
        assert texts[2:] == [CLASSES[guess] for guess in guesses.loc[row.index]]
        assert row.label not in texts[2:]
    who = "Missed by every run (2 architectures, 1 seed)"
    assert title[0].text == f"{who}: {len(missed)} images in 300 test images"
    assert title[1].text.startswith("6 of them, lowest margin first; ")
    assert [(line.text, line.colour) for line in title[2:]] == [("a", A), ("b", B)]
    assert {tuple(line.colour for line in tile.caption) for tile in tiles} == {(None, None, A, B)}


def test_a_mistake_s_caption_names_its_label_and_then_the_guess(monkeypatch):
    monkeypatch.setattr(gallery, "draw", lambda title, tiles: (title, tiles))
    table = pd.DataFrame(
        {
            "seed": [0, 0, 0, 1],
            "index": [0, 1, 2, 0],
            "label": [0, 1, 2, 0],
            "prediction": [2, 1, 0, 1],
            "confidence": [0.6, 0.9, 0.75, 0.99],
        }
    )
    pictures = images()
    title, tiles = gallery.mistakes_sheet("mlp", table, pictures, CLASSES, [0, 1], tiles=9)
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
    table = pd.DataFrame(
        {"seed": 0, "index": [0, 1], "label": 0, "prediction": 1, "confidence": [0.6, 0.9]}
    )
    title, drawn = gallery.mistakes_sheet("mlp", table, images(), CLASSES, [0], tiles)
    assert len(drawn) == tiles
    assert title[1].text.startswith(f"{shown}, most confident first")


def test_without_mistakes_the_sheet_says_so(monkeypatch):
    monkeypatch.setattr(gallery, "draw", lambda title, tiles: (title, tiles))
    table = synthetic.predictions(100.0, 0, CLASSES)
    title, tiles = gallery.mistakes_sheet("a", table, images(), CLASSES, [0], 6)
    assert [line.text for line in title] == ["a (seed 0): no mistakes in 300 test images"]
    assert tiles == []
    joined = table.assign(architecture="a")
    missed = missed_by_all(joined, CLASSES)
    title, tiles = gallery.missed_sheet(missed, joined, images(), CLASSES, [0], 6)
    who = "Missed by every run (1 architecture, 1 seed)"
    assert [line.text for line in title] == [f"{who}: no images in 300 test images"]
    assert tiles == []
