"""What lies in a folder of images, by name alone, and what of it cannot be used.

Paths are relative to the folder. Names that begin with a dot are the system's, not the user's.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from unicodedata import category

from archbench.base.errors import Refused

SUFFIXES = (".png", ".jpg", ".jpeg")
CLASS_NAME = re.compile(r"[^\W_][\w.()&'+,-]*( [\w.()&'+,-]+)*")
"""Names stand in tables, in HTML and in DVC's plots page, which shows them unescaped: no `<`, `>`,
quotation mark or line break. To a spreadsheet what begins with `=`, `+` or `-` is a formula. A
combining mark counts as `_`: it is no beginning, where it would join the `>` before it."""
LONGEST = 64
"""Characters of a class's name."""
MOST = 256
"""Classes that a label of one byte tells apart."""
LISTED = 20
LINK = "a link to a folder, in which DVC would not see a change"


class Example(NamedTuple):
    path: Path
    half: str
    """`train` or `test`."""
    label: str


Faults = dict[Path, str]
"""What is wrong with which file or folder."""


def find_classes(root: Path) -> list[str]:
    """The folders in train/, sorted; Refused if their names or their number will not do."""
    for half in (root / "train", root / "test"):
        if half.is_symlink():
            raise Refused(f"{half}: {LINK}")
    if not (root / "train").is_dir():
        raise Refused(f"{root}: has no folder train with a folder of images for each class")
    folders = [path for path in _visible(root / "train") if path.is_dir()]
    classes = [path.name for path in folders if not path.is_symlink()]
    for name in classes:
        plain = "".join("_" if category(letter)[0] == "M" else letter for letter in name)
        if not CLASS_NAME.fullmatch(plain) or len(name) > LONGEST:
            raise Refused(
                f"{root}/train: {name!r} as a class's name: should be at most {LONGEST} letters, "
                "digits, single spaces and _-.,()&'+ and begin with a letter or a digit"
            )
    if not 2 <= len(classes) <= MOST:
        raise Refused(f"{root}/train: {len(classes)} classes, should be from 2 to {MOST}")
    return classes


def survey(root: Path, classes: list[str]) -> tuple[list[Example], Faults]:
    """The files that may be images, sorted by half, class and name; and whatever else is there."""
    examples: list[Example] = []
    faults: Faults = {}
    for half in ("train", "test"):
        for folder in _visible(root / half):
            if fault := _folder_fault(folder, classes):
                faults[folder.relative_to(root)] = fault
                continue
            for file in _visible(folder):
                path = file.relative_to(root)
                if fault := _file_fault(file):
                    faults[path] = fault
                else:
                    examples.append(Example(path, half, folder.name))
    return examples, faults


def find_copies(digests: Mapping[Example, str]) -> Faults:
    """Images whose class is in doubt, and test images that were trained on."""
    groups: dict[str, list[Example]] = defaultdict(list)
    for example, digest in digests.items():
        groups[digest].append(example)
    return {
        example.path: f"the same image as {shown(other.path)}"
        for group in groups.values()
        for example in group
        if (other := _contradicting(example, group))
    }


def _contradicting(example: Example, group: list[Example]) -> Example | None:
    for other in group:
        if other.label != example.label or (other.half, example.half) == ("train", "test"):
            return other
    return None


def listing(root: Path, faults: Faults) -> str:
    """One line each."""
    count = f"{len(faults)} {'file' if len(faults) == 1 else 'files'}"
    lines = [f"  {shown(path)}: {fault}" for path, fault in sorted(faults.items())]
    more = [f"  and {len(lines) - LISTED} more"] if len(lines) > LISTED else []
    return "\n".join([f"{root}: {count} that cannot be used", *lines[:LISTED], *more])


def shown(path: Path) -> str:
    """A name may hold line breaks, or bytes that are no text."""
    return str(path) if str(path).isprintable() else repr(str(path))


def _visible(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _folder_fault(folder: Path, classes: list[str]) -> str | None:
    if not folder.is_dir():
        return "lies outside the folders of the classes"
    if folder.is_symlink():
        return LINK
    if folder.name not in classes:
        return "a class that train has not"
    return None


def _file_fault(file: Path) -> str | None:
    if file.is_dir():
        return "a folder inside that of a class"
    if file.suffix.lower() not in SUFFIXES:
        return f"should end in one of {', '.join(SUFFIXES)}"
    return None
