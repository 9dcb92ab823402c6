"""Hostile folders of a user's own images: stage download uses them, or says what is wrong."""

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import own_images
import pictures
import places
import stage
from trials import Trial, require

from archbench.base import files

LEAST = 120
LINES = 30
"""Of a refusal: the first 20 bad files, and what to do."""
CLASSES = {"train/ape": 4, "train/bee": 4}
PARAMS = """dataset: folder
data_directory:
folder: {{path: mine, image_size: 8, mirrorable: true, skip_bad: {skip}}}
"""


def trials(folder: Path) -> Iterator[Trial]:
    root = folder / "copy"
    for name, content in pictures.GOOD.items():
        for half in ("train", "test"):
            yield Trial(f"{name} in {half}", partial(picture, root, content, half, True))
    for name, content in pictures.BAD.items():
        for half in ("train", "test"):
            yield Trial(f"{name} in {half}", partial(picture, root, content, half, False))
        yield Trial(f"{name}, skipped", partial(skipped, root, partial(put, content)))
    for name, entry in places.ODD.items():
        yield Trial(name, partial(refused, root, entry))
        yield Trial(f"{name}, skipped", partial(skipped, root, entry))
    for name, build in places.STRUCTURES.items():
        yield Trial(name, partial(refused, root, build))
    for name in places.CLASS_NAMES:
        yield Trial(f"a class named {name!r}", partial(named, root, name, True))
    for name in places.REFUSED_NAMES:
        yield Trial(f"a class named {name!r}", partial(named, root, name, False))


Build = Callable[[Path], object]


def put(content: Callable[[], bytes], root: Path, half: str = "train") -> None:
    own_images.put(root, f"{half}/ape/odd.png", content())


def picture(root: Path, content: Callable[[], bytes], half: str, good: bool) -> None:
    prepare(root)
    if half == "test":
        own_images.make(root / "mine", {"test/ape": 2, "test/bee": 2})
        spread(root / "mine/test")
    put(content, root / "mine", half)
    done = stage.run(root, "download")
    require_use(root, done, 9 + 4 * (half == "test")) if good else require_none(
        root, done, "odd.png"
    )


def spread(test: Path) -> None:
    """Images that training has not."""
    for number, file in enumerate(sorted(test.rglob("*.*"))):
        file.write_bytes(own_images.picture(100 + number))


def skipped(root: Path, build: Build) -> None:
    prepare(root, skip=True)
    build(root / "mine")
    require_use(root, stage.run(root, "download"), 8)


def refused(root: Path, build: Build) -> None:
    prepare(root)
    build(root / "mine")
    require_none(root, stage.run(root, "download"))


def named(root: Path, name: str, good: bool) -> None:
    prepare(root)
    for number in range(3):
        own_images.put(root / "mine", f"train/{name}/{number}.png", own_images.picture(50 + number))
    done = stage.run(root, "download")
    require_use(root, done, 11) if good else require_none(root, done)


def prepare(root: Path, skip: bool = False) -> None:
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    (root / "params.yaml").write_text(PARAMS.format(skip=str(skip).lower()))
    own_images.make(root / "mine", CLASSES)


def require_none(root: Path, done: stage.Done, name: str = "") -> None:
    require(done.status != 0, "accepted")
    stage.require_refusal(done, lines=LINES)
    require(name in done.output, f"{name} is not named: {done.output[:200]}")
    require(not (root / "data").exists(), "refused, but something was written")


def require_use(root: Path, done: stage.Done, count: int) -> None:
    """All images are there, of a size, with a label each."""
    require(done.status == 0, f"status {done.status}: {done.output[-250:]}")
    classes = files.read_json(root / "data/dataset.json")["classes"]
    total = 0
    for half in ("train", "test"):
        images, labels = (
            np.load(root / f"data/{half}/{kind}.npy") for kind in ("images", "labels")
        )
        require(images.shape[:3] == (len(labels), 8, 8), f"{half} images are {images.shape}")
        require(set(labels.tolist()) == set(range(len(classes))), f"{half} lacks a class")
        total += len(labels)
    require(total == count, f"{total} images, not {count}")
