"""A user's own images: `train/<class>/*.png`, and `test/<class>/…` if test images are given.

Whatever cannot be used is found and listed before anything is written.
"""

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
from tqdm import tqdm

from archbench.base.errors import Refused
from archbench.download import picture
from archbench.download.config import Folder
from archbench.download.decode import Arrays, Bytes
from archbench.download.survey import Example, Faults, find_classes, find_copies, listing, survey

TEST_SHARE = 0.2
"""Of each class's images, if there is no test/."""

Pictures = dict[Example, Bytes]
Digests = Mapping[Example, str]
"""sha256 of each example's pixels: the same image has the same."""


def load(asked: Folder) -> tuple[Arrays, list[str]]:
    """The arrays and the classes, sorted; Refused says what is wrong with the folder."""
    root = Path(asked.path)
    classes = find_classes(root)
    examples, faults = survey(root, classes)
    pictures, unreadable = read(root, examples, asked.image_size)
    digests = {example: sha256(pixels.data).hexdigest() for example, pixels in pictures.items()}
    faults |= unreadable | find_copies(digests)
    if faults:
        refuse_or_skip(root, faults, asked.skip_bad)
    good = {example: digest for example, digest in digests.items() if example.path not in faults}
    train, test = halves(root, good, classes)
    return Arrays(*arrays(train, pictures, classes), *arrays(test, pictures, classes)), classes


def read(root: Path, examples: list[Example], size: int) -> tuple[Pictures, Faults]:
    """All with one channel if none knows a colour, otherwise all with three."""
    with ThreadPoolExecutor() as pool:
        tries = pool.map(partial(_try, size=size), [root / example.path for example in examples])
        found = list(tqdm(tries, "images", len(examples), leave=False, disable=None))
    pairs = list(zip(examples, found, strict=True))
    faults = {example.path: result for example, result in pairs if isinstance(result, str)}
    pictures = {example: result for example, result in pairs if not isinstance(result, str)}
    channels = max((pixels.shape[2] for pixels in pictures.values()), default=1)
    for example, pixels in pictures.items():
        pictures[example] = pixels.repeat(channels // pixels.shape[2], axis=2)
    return pictures, faults


def _try(path: Path, size: int) -> Bytes | str:
    """The pixels, or why there are none."""
    try:
        return picture.read(path, size)
    except picture.Unusable as unusable:
        return str(unusable)


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


def arrays(examples: list[Example], pictures: Pictures, classes: list[str]) -> tuple[Bytes, Bytes]:
    """Images and labels."""
    numbers = {label: number for number, label in enumerate(classes)}
    labels = [numbers[example.label] for example in examples]
    return np.stack([pictures[example] for example in examples]), np.array(labels, np.uint8)
