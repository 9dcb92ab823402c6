"""Contact sheets: what stands on them, and that the same rows give the same bytes."""

from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import synthetic
from PIL import Image

from archbench.comparison.missed import missed_by_all
from archbench.reporting import gallery

CLASSES = synthetic.CLASSES


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
    assert [line.text for line in title[2:]] == ["a", "b"]


@pytest.mark.parametrize("skill", [100.0])
def test_without_mistakes_the_sheet_says_so(skill):
    table = synthetic.predictions(skill, 0, CLASSES)
    assert opened(gallery.mistakes_sheet("a", table, images(), CLASSES, [0], 6)).min() < 100
    joined = table.assign(architecture="a")
    missed = missed_by_all(joined, CLASSES)
    assert opened(gallery.missed_sheet(missed, joined, images(), CLASSES, [0], 6)).min() < 100
