"""What may lie in a folder of images beside images: links, devices, odd names, wrong structures."""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import own_images

Build = Callable[[Path], object]

APE = "train/ape"


def linked(target: str) -> Build:
    return lambda root: (root / APE / "odd.png").symlink_to(target)


def listening(root: Path) -> None:
    """A socket; its name must be short, so from within."""
    before = Path.cwd()
    os.chdir(root / APE)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("odd.png")
    os.chdir(before)


def copied(to: str) -> Build:
    def copy(root: Path) -> None:
        (root / to).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / APE / "00.png", root / to)

    return copy


ODD: dict[str, Build] = {
    "a folder named like an image": lambda root: (root / APE / "odd.png").mkdir(),
    "a folder in a class": lambda root: (root / APE / "more").mkdir(),
    "a pipe": lambda root: os.mkfifo(root / APE / "odd.png"),
    "a socket": listening,
    "a dangling link": linked("nowhere.png"),
    "a link to itself": linked("odd.png"),
    "a link to /dev/zero": linked("/dev/zero"),
    "a link to a folder": linked("/"),
    "a text file": lambda root: own_images.put(root, f"{APE}/words.txt", b"x"),
    "a file beside the classes": lambda root: own_images.put(root, "train/odd.png", b"x"),
    "a name that is no text": lambda root: own_images.put(root, f"{APE}/\udcff.png", b"x"),
    "a name with line breaks": lambda root: own_images.put(root, f"{APE}/a\n\x1b[2J.png", b"x"),
}
"""Left out with skip_bad."""


def alone(root: Path) -> None:
    shutil.rmtree(root / "train/bee")


def emptied(root: Path) -> None:
    alone(root)
    (root / "train/bee").mkdir()


def single(root: Path) -> None:
    emptied(root)
    own_images.put(root, "train/bee/a.png", own_images.picture(1))


def moved(root: Path, to: str = "elsewhere") -> None:
    (root / "train").rename(root / to)


def a_file(root: Path) -> None:
    moved(root)
    (root / "train").write_bytes(b"x")


def a_link(root: Path) -> None:
    moved(root)
    (root / "train").symlink_to("elsewhere")


def class_link(root: Path) -> None:
    (root / "train/bee").rename(root / "bee")
    (root / "train/bee").symlink_to("../bee")


def many(root: Path) -> None:
    for number in range(256):
        (root / f"train/c{number}").mkdir()


STRUCTURES: dict[str, Build] = {
    "one class": alone,
    "an empty class": emptied,
    "a class of one image": single,
    "no train": moved,
    "nothing at all": shutil.rmtree,
    "train is a file": a_file,
    "train is a link": a_link,
    "a class is a link": class_link,
    "258 classes": many,
    "an empty test": lambda root: (root / "test").mkdir(),
    "a test without a class": copied("test/ape/a.png"),
    "a class of the test alone": copied("test/cat/a.png"),
    "one image in two classes": copied("train/bee/same.png"),
    "test is a file": lambda root: (root / "test").write_bytes(b"x"),
}
"""Refused."""

CLASS_NAMES = [
    *("日本", "é", "e\u0301", "हिन्दी", "007", "NA", "1e0", "nan", "true"),
    *("T-shirt", "a,b", "a b", "O'Hara & Co.", "x" * 64),
]
REFUSED_NAMES = [
    *("<script>alert(1)<", "=1+1", "-x", "+x", " a", "a  b", "a\nb", 'a"b', "a`b"),
    *("a{{b}}", "\u202egnp", "a|b", "a;b", "a\\b", "x" * 65),
]
