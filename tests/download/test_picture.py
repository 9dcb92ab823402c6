"""One file → one square: sizes, modes, and whatever is no image."""

import io
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archbench.download import picture

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
    assert (found.shape, found.dtype) == ((8, 8, len(mode)), np.dtype("uint8"))
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


def header(width: int, height: int) -> bytes:
    """A PNG that says its size and has nothing else."""
    start = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(13, start), (0, b"IDAT"), (0, b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", length) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for length, chunk in chunks
    )


@pytest.mark.parametrize("size", [(13_000, 13_000), (8193, 8192), (2**31 - 1, 1)])
def test_what_is_too_large_is_refused_by_its_header(tmp_path: Path, size: tuple[int, int]) -> None:
    with pytest.raises(picture.Unusable) as unusable:
        read(tmp_path, header(*size))
    found = f"{size[0]:,} × {size[1]:,} pixels"
    assert str(unusable.value) == f"{found}: should be at most {2**26:,}, as of 8,192 × 8,192"


def test_as_large_as_allowed_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "MOST", 64)
    monkeypatch.setattr(picture, "LARGE", 1)
    np.testing.assert_array_equal(read(tmp_path, PNG), COLOUR)
    with pytest.raises(picture.Unusable, match=r"^64 × 64 pixels: should be at most 64"):
        read(tmp_path, JPEG)


def test_large_images_are_decoded_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are read at once."""
    monkeypatch.setattr(picture, "LARGE", 63)
    running, most, squared = [], [], picture.squared

    def slow(image: Image.Image, size: int) -> np.ndarray:
        running.append(image)
        most.append(len(running))
        time.sleep(0.01)
        running.pop()
        return squared(image, size)

    monkeypatch.setattr(picture, "squared", slow)
    (tmp_path / "x.png").write_bytes(PNG)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: picture.read(tmp_path / "x.png", 8), range(12)))
    assert max(most) == 1


def test_half_transparent_is_half_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (80, 80), (200, 0, 100, 128))
    assert np.abs(read(tmp_path, encoded(image)) - np.array([227.0, 127.0, 177.0])).max() <= 1


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "x.png").mkdir()
    with pytest.raises(picture.Unusable, match=r"^not a file$"):
        picture.read(tmp_path / "x.png", 8)
