"""One file → one square: sizes, modes, and whatever is no image."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archbench.data import picture

RANDOM = np.random.default_rng(0)
COLOUR = RANDOM.integers(256, size=(8, 8, 3), dtype=np.uint8)
GREY = COLOUR[..., 0]


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def read(folder: Path, content: bytes, size: int = 8) -> np.ndarray:
    path = folder / "x.png"
    path.write_bytes(content)
    return picture.read(path, size)


def test_an_image_of_the_right_size_is_not_touched(tmp_path: Path) -> None:
    np.testing.assert_array_equal(read(tmp_path, encoded(Image.fromarray(COLOUR))), COLOUR)
    np.testing.assert_array_equal(read(tmp_path, encoded(Image.fromarray(GREY))), GREY[..., None])


@pytest.mark.parametrize("size", [(3, 5), (40, 20), (1, 1), (300, 7)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_any_size_becomes_the_square(tmp_path: Path, size: tuple[int, int], mode: str) -> None:
    found = read(tmp_path, encoded(Image.new(mode, size, "#808080")))
    assert (found.shape, found.dtype) == ((8, 8, len(mode)), np.uint8)
    assert (found == 128).all()


def test_fine_stripes_become_grey_not_stripes(tmp_path: Path) -> None:
    """Without antialiasing every sixteenth column would be picked: all black, or all white."""
    stripes = np.tile(np.array([0, 255], np.uint8), (128, 64))
    found = read(tmp_path, encoded(Image.fromarray(stripes)))
    assert abs(found.mean() - 127.5) < 1
    assert found.std() < 2


def test_a_large_jpeg_is_the_same_as_its_png_but_for_its_coding(tmp_path: Path) -> None:
    x, y = np.meshgrid(np.arange(640), np.arange(480))
    smooth = np.stack([x * 255 // 640, y * 255 // 480, (x + y) * 255 // 1120], axis=2)
    image = Image.fromarray(smooth.astype(np.uint8))
    png, jpeg = (read(tmp_path, encoded(image, kind)) for kind in ("PNG", "JPEG"))
    assert np.abs(png.astype(int) - jpeg).max() <= 4


@pytest.mark.parametrize(
    ("mode", "channels"),
    [("1", 1), ("L", 1), ("LA", 1), ("I;16", 1), ("P", 3), ("RGB", 3), ("RGBA", 3)],
)
def test_every_mode_of_png(tmp_path: Path, mode: str, channels: int) -> None:
    if mode == "I;16":
        image = Image.fromarray(GREY.astype(np.uint16) * 256 + 255)
    else:
        image = Image.fromarray(COLOUR).convert(mode)
    found = read(tmp_path, encoded(image))
    assert found.shape == (8, 8, channels)
    expected = {"I;16": GREY, "RGBA": COLOUR, "RGB": COLOUR}.get(mode)
    if expected is not None:
        np.testing.assert_array_equal(np.squeeze(found), expected)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_mode_of_jpeg(tmp_path: Path, mode: str) -> None:
    found = read(tmp_path, encoded(Image.new(mode, (20, 20)), "JPEG"))
    assert found.shape == (8, 8, 1 if mode == "L" else 3)


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (8, 8), (200, 10, 10, 0))
    assert (read(tmp_path, encoded(image)) == 255).all()


def test_a_photograph_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    found = read(tmp_path, encoded(Image.fromarray(COLOUR), exif=exif.tobytes()))
    np.testing.assert_array_equal(found, np.rot90(COLOUR, -1))


PNG = encoded(Image.fromarray(COLOUR))
JPEG = encoded(Image.fromarray(COLOUR.repeat(8, 0).repeat(8, 1)), "JPEG")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<html>not found</html>", "neither a PNG nor a JPEG"),
        (encoded(Image.fromarray(COLOUR), "BMP"), "neither a PNG nor a JPEG"),
        (encoded(Image.fromarray(COLOUR), "GIF"), "neither a PNG nor a JPEG"),
        (PNG[: len(PNG) // 2], "cannot be read: .*truncated"),
        (JPEG[: len(JPEG) // 4], "cannot be read: .*runcated"),
        (JPEG[:-40], "cannot be read: .*truncated"),
        (PNG[:60] + bytes(40) + PNG[100:], "cannot be read: "),
    ],
)
def test_what_is_no_image_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(picture.Unusable, match=rf"^{reason}[^\n]*$"):
        read(tmp_path, content)


@pytest.mark.parametrize("content", [PNG, JPEG], ids=["png", "jpeg"])
def test_no_damage_escapes(tmp_path: Path, content: bytes) -> None:
    """Cut anywhere or with any byte flipped, a file is an image or is refused."""
    damaged = [content[:length] for length in range(len(content))]
    for position in range(len(content)):
        flipped = bytearray(content)
        flipped[position] ^= 0xFF
        damaged.append(bytes(flipped))
    for bytes_ in damaged[::3]:
        try:
            assert read(tmp_path, bytes_).shape[:2] == (8, 8)
        except picture.Unusable:
            continue


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(picture.Unusable, match="cannot be read: Image size"):
        read(tmp_path, PNG)


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "x.png").mkdir()
    with pytest.raises(picture.Unusable, match=r"^not a file$"):
        picture.read(tmp_path / "x.png", 8)
