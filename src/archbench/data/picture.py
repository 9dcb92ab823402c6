"""One PNG or JPEG of any size → one square of pixels."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from archbench.data.decode import Bytes

GREY = ("1", "L", "LA", "I", "I;16")
"""Pillow's modes without colour."""


class Unusable(Exception):
    """Says why a file is no image that can be used."""


def read(path: Path, size: int) -> Bytes:
    """uint8 (size, size, channels): one channel if the file knows no colour, otherwise three."""
    if not path.is_file():
        raise Unusable("not a file")
    try:
        content = path.read_bytes()
        with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as image:
            image.draft(None, (2 * size, 2 * size))  # a JPEG far larger is decoded at a fraction
            return squared(image, size)
    except UnidentifiedImageError:
        raise Unusable("neither a PNG nor a JPEG" if content else "empty") from None
    except Exception as damage:  # Pillow raises whatever its decoders do
        raise Unusable(f"cannot be read: {' '.join(str(damage).split())}") from None


def squared(image: Image.Image, size: int) -> Bytes:
    """Upright as its camera says, without transparency (on white), stretched, antialiased."""
    upright = ImageOps.exif_transpose(image)
    mode = "L" if upright.mode in GREY else "RGB"
    flat = _on_white(upright) if upright.has_transparency_data else _eight_bits(upright)
    resized = flat.convert(mode).resize((size, size), Image.Resampling.BICUBIC)
    return np.array(resized, np.uint8).reshape(size, size, -1)


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA"))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Of 16 bits the upper 8; Pillow's own conversion would cut all above 255 to white."""
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image
