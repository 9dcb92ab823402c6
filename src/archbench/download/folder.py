"""A user's own images: `train/<class>/*.png`, and `test/<class>/…` if test images are given.

Whatever cannot be used is found and listed before any array is written. Pictures are decoded one by
one into a file on the disk: in memory stay, of each, its name and the digests of its pixels.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from archbench.base.errors import Refused
from archbench.download import picture
from archbench.download.config import Folder
from archbench.download.decode import Bytes
from archbench.download.spool import CHANNELS, Pictures, Spool
from archbench.download.survey import Example, Faults, find_classes, find_copies, listing, survey

TEST_SHARE = 0.2
"""Of each class's images, if there is no test/."""

GROUP = 1000
"""Pictures that wait for a thread at a time: a queue of all would take more memory than they do."""

Digests = Mapping[Example, str]
"""sha256 of each example's pixels: the same image has the same."""


class Halves(NamedTuple):
    """As `decode.Arrays`, but that the images are on the disk."""

    train_images: Pictures
    train_labels: Bytes
    test_images: Pictures
    test_labels: Bytes


class Digest(NamedTuple):
    """sha256 of a picture's pixels."""

    grey: str | None
    """With one channel; None if the file knows a colour."""
    colour: str
    """With three."""


def load(asked: Folder, spool: Spool) -> tuple[Halves, list[str]]:
    """The arrays and the classes, sorted; Refused says what is wrong with the folder.

    The pictures are in `spool` afterwards, which is empty before.
    """
    root = Path(asked.path)
    classes = find_classes(root)
    examples, faults = survey(root, classes)
    found, unreadable = read(root, examples, spool)
    channels, digests = in_common(found)
    faults |= unreadable | find_copies(digests)
    if faults:
        refuse_or_skip(root, faults, asked.skip_bad)
    good = {example: digest for example, digest in digests.items() if example.path not in faults}
    places = {example: place for place, example in enumerate(examples)}
    numbers = {label: number for number, label in enumerate(classes)}
    arrays: list[Any] = []
    for half in halves(root, good, classes):
        arrays.append(Pictures(spool, [places[example] for example in half], channels))
        arrays.append(np.array([numbers[example.label] for example in half], np.uint8))
    return Halves(*arrays), classes


def read(root: Path, examples: list[Example], spool: Spool) -> tuple[dict[Example, Digest], Faults]:
    """Put each into the spool at its place among `examples`; digests, and what is wrong."""
    tries = tqdm(_tries(root, examples, spool), "images", len(examples), leave=False, disable=None)
    digests: dict[Example, Digest] = {}
    faults: Faults = {}
    for example, found in zip(examples, tries, strict=True):
        if isinstance(found, str):
            faults[example.path] = found
        else:
            digests[example] = found
    return digests, faults


def _tries(root: Path, examples: list[Example], spool: Spool) -> Iterator[Digest | str]:
    with ThreadPoolExecutor() as pool:
        for start in range(0, len(examples), GROUP):
            paths = [root / example.path for example in examples[start : start + GROUP]]
            yield from pool.map(
                lambda place, path: _try(path, place, spool), range(start, len(examples)), paths
            )


def _try(path: Path, place: int, spool: Spool) -> Digest | str:
    """The picture goes into the spool; the digest of its pixels, or why there are none."""
    try:
        pixels = picture.read(path, spool.size)
    except picture.Unusable as unusable:
        return str(unusable)
    grey = sha256(pixels.data).hexdigest() if pixels.shape[2] == 1 else None
    coloured = pixels.repeat(CHANNELS // pixels.shape[2], axis=2)
    spool.put(place, coloured)
    return Digest(grey, sha256(coloured.data).hexdigest())


def in_common(found: Mapping[Example, Digest]) -> tuple[int, dict[Example, str]]:
    """One channel if no file knows a colour, otherwise three; digests of pixels with so many."""
    grey = {example: digest.grey for example, digest in found.items() if digest.grey}
    if len(grey) == len(found):
        return 1, grey
    return CHANNELS, {example: digest.colour for example, digest in found.items()}


def refuse_or_skip(root: Path, faults: Faults, skip: bool) -> None:
    if not skip:
        raise Refused(
            f"{listing(root, faults)}\n"
            "Mend or remove them, or set folder.skip_bad in params.yaml to true to leave them out."
        )
    print(f"{listing(root, faults)}\nThey are left out.")


def halves(root: Path, good: Digests, classes: list[str]) -> tuple[list[Example], list[Example]]:
    """Training and test images; Refused if some class has too few different ones."""
    refuse_few(root, "train", good, classes, least=2)
    if (root / "test").exists():
        refuse_few(root, "test", good, classes, least=1)
        test = {example for example in good if example.half == "test"}
    else:
        test = hold_out(good)
    return [e for e in good if e not in test], [e for e in good if e in test]


def refuse_few(root: Path, half: str, good: Digests, classes: list[str], least: int) -> None:
    found = by_class({example: good[example] for example in good if example.half == half})
    for label in classes:
        if (count := len(found[label])) < least:
            raise Refused(
                f"{root}/{half}/{label}: {count} different images that can be used, "
                f"should be at least {least}"
            )


def hold_out(good: Digests) -> set[Example]:
    """A fifth of each class, by lot: the images whose digests are the lowest.

    So an image stays where it is when others come, go or are renamed, and its copies with it.
    """
    held: set[str] = set()
    for lots in by_class(good).values():
        held.update(sorted(lots)[: max(1, round(TEST_SHARE * len(lots)))])
    return {example for example, digest in good.items() if digest in held}


def by_class(good: Digests) -> defaultdict[str, set[str]]:
    """The different images of each."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for example, digest in good.items():
        found[example.label].add(digest)
    return found
