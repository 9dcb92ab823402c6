"""The files that someone fetched by hand: packed as the authors or a registry pack them, or not."""

from pathlib import Path

from archbench.download import archives
from archbench.download.dataset import Dataset
from archbench.download.decode import Arrays, decode
from archbench.download.layouts import Member


def read(folder: Path, dataset: Dataset) -> Arrays:
    """The first form that is complete; ValueError says what was looked for.

    Archives need no checksum of their own where the arrays have one: the same files may have been
    packed again. Where the arrays have none, only the authors' own archives can be believed.
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
        raise ValueError(f"{folder} has no {wanted(dataset)}")
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
    """Every form that is accepted."""
    forms = [" + ".join(archive.name for archive in dataset.official.archives)]
    if dataset.package:
        forms.append(dataset.package.file)
    if dataset.sha256:
        members = dataset.official.layout.members
        forms.append("all of " + " + ".join(member.name for member in members))
    return " nor ".join(forms)
