"""A sprite gives every picture back, bit for bit, at the place that it names."""

import base64
import re
from io import BytesIO

import numpy as np
import pytest
from allocated import at_most
from PIL import Image

from archbench.gallery import sprite

RANDOM = np.random.default_rng(0)


def opened(one: sprite.Sprite) -> Image.Image:
    return Image.open(BytesIO(base64.b64decode(one.uri.partition(",")[2])))


def cut(one: sprite.Sprite, number: int, mode: str) -> np.ndarray:
    x, y = map(int, re.findall(r"\d+", one.place(number)))
    left, top = x * one.width, y * one.height
    return np.asarray(opened(one).convert(mode))[top : top + one.height, left : left + one.width]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("count", [1, 32, 45])
def test_pictures_are_lossless(count, channels):
    images = RANDOM.integers(256, size=(count, 7, 5, channels), dtype=np.uint8)
    one = sprite.pictures(images, np.arange(count), lossless=True)
    for number in range(count):
        assert (cut(one, number, "RGB") == images[number]).all()


def test_a_shade_is_clear_where_the_evidence_is_strongest_and_dark_where_none_is():
    maps = RANDOM.integers(256, size=(40, 4, 6), dtype=np.uint8)
    one = sprite.shades(maps)
    for number in (0, 33, 39):
        found = cut(one, number, "RGBA")
        assert (found[..., :3] == sprite.SHADE).all()
        expected = (255 - maps[number].astype(int)) * sprite.DARKEST // 255
        assert (found[..., 3] == expected).all()


def test_large_pictures_are_reduced_to_means_and_small_ones_are_left_alone():
    large = np.zeros((2, 256, 128, 3), np.uint8)
    large[:, ::2] = 100
    small = sprite.reduced(large, np.arange(2))
    assert small.shape == (2, 64, 32, 3)
    assert (small == 50).all()
    few = np.array([1, 0, 1])
    assert (sprite.reduced(small, few) == small[few]).all()


def test_large_pictures_are_read_one_by_one():
    large = RANDOM.integers(256, size=(64, 256, 256, 3), dtype=np.uint8)
    with at_most(large.nbytes // 4):
        small = sprite.reduced(large, np.arange(64)[::-1])
    assert (small[0] == sprite.reduced(large[63:], np.array([0]))).all()


def test_700_failures_are_at_most_2_mb():
    """Noise does not compress, and is as much as images can ask for: 3 kB each."""
    smooth = np.cumsum(RANDOM.normal(0, 6, size=(700, 32, 32, 3)), axis=2) + 128
    images = smooth.clip(0, 255).astype(np.uint8)
    one = sprite.pictures(images, np.arange(700), lossless=True)
    assert len(one.uri) <= 2_000_000
