"""Pictures as a camera, a scanner or a rogue makes them; each is the bytes of one file."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

Content = Callable[[], bytes]


def saved(mode: str = "RGB", kind: str = "PNG", size: tuple[int, int] = (20, 12), **how) -> bytes:
    """Noise in one of Pillow's modes."""
    noise = np.random.default_rng(7).integers(0, 256, (size[1], size[0], 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(file, kind, **how)
    return file.getvalue()


def sixteen_bits() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.arange(400, dtype=np.uint16).reshape(20, 20) * 100).save(file, "PNG")
    return file.getvalue()


def animated() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    return file.getvalue()


def turned() -> bytes:
    """Exif says that the camera was held on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(kind="JPEG", exif=exif)


def with_text(size: int) -> bytes:
    """A compressed comment that unpacks to so many bytes."""
    info = PngInfo()
    info.add_text("a", "x" * size, zip=True)
    return saved(pnginfo=info)


def header(width: int, height: int) -> bytes:
    """A PNG that is nothing but the announcement of its size."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data)
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(bytes(1000))),
            (b"IEND", b""),
        )
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def white(side: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (side, side), 1).save(file, "PNG")
    return file.getvalue()


def broken_sum() -> bytes:
    content = bytearray(saved())
    content[-20] ^= 1
    return bytes(content)


GOOD: dict[str, Content] = {
    "16 bits": sixteen_bits,
    "one bit": lambda: saved("1"),
    "grey with transparency": lambda: saved("LA"),
    "transparency": lambda: saved("RGBA"),
    "a palette": lambda: saved("P"),
    "a transparent palette": lambda: saved("P", transparency=0),
    "CMYK": lambda: saved("CMYK", "JPEG"),
    "a grey JPEG": lambda: saved("L", "JPEG"),
    "a progressive JPEG": lambda: saved(kind="JPEG", progressive=True),
    "a JPEG with an odd Exif": lambda: saved(kind="JPEG", exif=b"Exif\0\0" + b"\xff" * 40),
    "a turned JPEG": turned,
    "an animation": animated,
    "one pixel": lambda: saved(size=(1, 1)),
    "one row of pixels": lambda: saved(size=(3000, 1)),
    "trailing junk": lambda: saved() + b"junk" * 99,
    "a short comment": lambda: with_text(99),
    "16 million pixels": lambda: white(4096),
}
BAD: dict[str, Content] = {
    "an empty file": lambda: b"",
    "text": lambda: b"no picture\n",
    "junk": lambda: bytes(range(256)) * 8,
    "half a PNG": lambda: saved()[:200],
    "half a JPEG": lambda: saved(kind="JPEG", size=(90, 90))[:900],
    "the beginning of a PNG": lambda: saved()[:20],
    "a wrong sum": broken_sum,
    "a GIF": lambda: saved("P", "GIF"),
    "a BMP": lambda: saved(kind="BMP"),
    "a TIFF": lambda: saved(kind="TIFF"),
    "a WebP": lambda: saved(kind="WEBP"),
    "an SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "13,000 × 13,000 pixels": lambda: white(13_000),
    "a header of 2^31 × 2^31": lambda: header(2**31 - 1, 2**31 - 1),
    "a header of 100,000 × 100,000": lambda: header(100_000, 100_000),
    "a header of 0 × 0": lambda: header(0, 0),
    "a header without its pixels": lambda: header(500, 500),
    "a comment of 100 MB": lambda: with_text(100_000_000),
}
