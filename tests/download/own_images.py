"""A folder of images as a user would have it."""

import io
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from archbench.download import folder, spool
from archbench.download.config import Folder
from archbench.download.decode import Arrays


def picture(seed: int, kind: str = "PNG", colour: bool = True) -> bytes:
    """Of a size of its own, unlike any other."""
    random = np.random.default_rng(seed)
    height, width = random.integers(8, 40, 2)
    pixels = random.integers(256, size=(height, width, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels if colour else pixels[..., 0]).save(file, kind)
    return file.getvalue()


def make(root: Path, counts: dict[str, int], colour: bool = True) -> Path:
    """So many different images of each `half/class`."""
    seed = 0
    for place, count in counts.items():
        for number in range(count):
            kind, suffix = (("PNG", "png"), ("JPEG", "jpg"), ("JPEG", "JPEG"))[number % 3]
            put(root, f"{place}/{number:02}.{suffix}", picture(seed, kind, colour))
            seed += 1
    return root


def put(root: Path, name: str, content: bytes) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(content)


def asked(root: Path, *, skip_bad: bool = False, image_size: int = 8) -> Folder:
    return Folder(path=str(root), image_size=image_size, mirrorable=True, skip_bad=skip_bad)


def load(asked: Folder) -> tuple[Arrays, list[str]]:
    """Whole arrays, for a test to look at."""
    with (
        tempfile.TemporaryDirectory() as place,
        spool.opened(Path(place), asked.image_size) as pictures,
    ):
        halves, classes = folder.load(asked, pictures)
        train, test = (
            np.array(list(half), np.uint8) for half in (halves.train_images, halves.test_images)
        )
    return Arrays(train, halves.train_labels, test, halves.test_labels), classes
