"""One PNG or JPEG of any size → one square of pixels."""

from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from archbench.download.decode import Bytes

GREY = ("1", "L", "LA", "I", "I;16")
"""Pillow's modes without colour."""
MOST = 2**26
"""Pixels of a file, whatever is made of them: larger photographs than most telephones take."""
LARGE = 2**22
"""Pixels to decode, above which one image is decoded at a time: six threads with a PNG of MOST each
peaked at 0.5 GB, at 1.2 GB where it was transparent."""

Image.MAX_IMAGE_PIXELS = None  # MOST is stricter, and no warning
_alone = Lock()


class Unusable(Exception):
    """Says why a file is no image that can be used."""


def read(path: Path, size: int) -> Bytes:
    """uint8 (size, size, channels): one channel if the file knows no colour, otherwise three."""
    if not path.is_file():
        raise Unusable("not a file")
    try:
        content = path.read_bytes()
        with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as image:
            _refuse_huge(*image.size)
            image.draft(None, (2 * size, 2 * size))  # a JPEG far larger is decoded at a fraction
            with _alone if image.width * image.height > LARGE else nullcontext():
                return squared(image, size)
    except Unusable:
        raise
    except UnidentifiedImageError:
        raise Unusable("neither a PNG nor a JPEG" if content else "empty") from None
    except Exception as damage:  # Pillow raises whatever its decoders do
        raise Unusable(f"cannot be read: {' '.join(str(damage).split())}") from None


def _refuse_huge(width: int, height: int) -> None:
    if width * height > MOST:
        raise Unusable(
            f"{width:,} × {height:,} pixels: should be at most {MOST:,}, as of 8,192 × 8,192"
        )


def squared(image: Image.Image, size: int) -> Bytes:
    """Upright as its camera says, without transparency (on white), stretched, antialiased."""
    ImageOps.exif_transpose(image, in_place=True)
    mode, transparent = "L" if image.mode in GREY else "RGB", image.has_transparency_data
    levels, wanted = _eight_bits(image), "RGBA" if transparent else mode
    same = levels if levels.mode == wanted else levels.convert(wanted)  # else a copy of its own
    small = same.resize((size, size), Image.Resampling.BICUBIC)
    flat = _on_white(small).convert(mode) if transparent else small
    return np.array(flat, np.uint8).reshape(size, size, -1)


def _on_white(image: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Of 16 bits the upper 8; Pillow's own conversion would cut all above 255 to white."""
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image
