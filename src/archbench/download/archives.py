"""Reads files by name out of archives. Nothing is extracted, so nothing can escape.

Every function raises ValueError, naming the file, for what is damaged, missing or not as large
as the catalogue says.
"""

import gzip
import hashlib
import lzma
import tarfile
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import IO

from archbench.download.dataset import Member

DAMAGE = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError)


def check(path: Path, checksum: str) -> None:
    """Refuse a file whose `md5:…` or `sha256:…` is another."""
    algorithm, expected = checksum.split(":")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, algorithm).hexdigest()
    if found != expected:
        raise ValueError(f"{path.name}: {algorithm} is {found}, expected {expected}")


def read_archives(paths: Iterable[Path], members: Iterable[Member]) -> dict[str, bytes]:
    """The members' bytes by name; tars may hold any of them, a .gz the one it is named after.

    A .deb holds a tar.
    """
    wanted = {member.name: member.size for member in members}
    found: dict[str, bytes] = {}
    for path in paths:
        if path.name.endswith((".tar.gz", ".tgz", ".deb")):
            found |= read_tar(path, wanted)
        else:
            found[path.stem] = read_gzip(path, wanted[path.stem])
    if missing := wanted.keys() - found:
        raise ValueError(f"{', '.join(p.name for p in paths)}: has no {', '.join(sorted(missing))}")
    return found


def read_tar(path: Path, wanted: dict[str, int]) -> dict[str, bytes]:
    """Those of the wanted files (name to size) that the tar holds, in one pass.

    A file may be there as a .gz of its own.
    """
    found: dict[str, bytes] = {}
    try:
        with _tar(path) as tar:
            for entry in tar:
                name = entry.name.removesuffix(".gz")
                if name in wanted:
                    _refuse_odd(path, entry, twice=name in found)
                    found[name] = _content(path, tar, entry, wanted[name])
    except DAMAGE as damage:
        raise ValueError(f"{path.name}: truncated or not a tar: {_line(damage)}") from None
    return found


def _tar(path: Path) -> tarfile.TarFile:
    if path.suffix == ".deb":
        return tarfile.open(fileobj=BytesIO(read_deb(path)), mode="r:xz")
    return tarfile.open(path, "r:gz")


def read_deb(path: Path) -> bytes:
    """The data.tar.xz of a .deb: an `ar` archive, in which a header of 60 bytes precedes each file.

    Debian's packages are compressed so; Ubuntu's with zstd, which Python reads from 3.14 on only.
    """
    with path.open("rb") as file:
        known = file.read(8) == b"!<arch>\n"
        while known and len(header := file.read(60)) == 60 and header[48:58].strip().isdigit():
            name, size = header[:16].decode("ascii", "replace").strip(" /"), int(header[48:58])
            if name == "data.tar.xz":
                return file.read(size)
            if name.startswith("data.tar"):
                raise ValueError(f"{path.name}: holds {name}, expected data.tar.xz")
            file.seek(size + size % 2, 1)  # files begin at even places
    raise ValueError(f"{path.name}: truncated or not a .deb: has no data.tar.xz")


def _refuse_odd(path: Path, entry: tarfile.TarInfo, *, twice: bool) -> None:
    if twice:
        raise ValueError(f"{path.name}: {entry.name} is there twice")
    if not entry.isreg():
        raise ValueError(f"{path.name}: {entry.name} is not a regular file")


def _content(path: Path, tar: tarfile.TarFile, entry: tarfile.TarInfo, size: int) -> bytes:
    where = f"{path.name}: {entry.name}"
    if entry.name.endswith(".gz"):
        return _unzipped(where, _opened(tar, entry), size)
    if entry.size != size:
        raise ValueError(f"{where} has {entry.size} bytes, expected {size}")
    return _opened(tar, entry).read()


def _opened(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(entry)
    assert file is not None  # None is for what is not a regular file
    return file


def read_gzip(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return _unzipped(path.name, file, size)


def _unzipped(where: str, packed: IO[bytes], size: int) -> bytes:
    """At most one byte more than expected is unpacked, whatever the file would unpack to."""
    try:
        with gzip.open(packed) as file:
            content = file.read(size + 1)
    except DAMAGE as damage:
        raise ValueError(f"{where}: truncated or not a .gz: {_line(damage)}") from None
    if len(content) != size:
        raise ValueError(f"{where}: unpacks to other than {size} bytes")
    return content


def _line(damage: Exception) -> str:
    return " ".join(str(damage).split())


def read_plain(path: Path, size: int) -> bytes:
    if (found := path.stat().st_size) != size:
        raise ValueError(f"{path.name} has {found} bytes, expected {size}")
    return path.read_bytes()
