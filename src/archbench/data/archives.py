"""Reads files by name out of archives. Nothing is extracted, so nothing can escape.

Every function raises ValueError, naming the file, for what is damaged, missing or not as large
as the catalogue says.
"""

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from archbench.data.layouts import Member

DAMAGE = (tarfile.TarError, zlib.error, EOFError, OSError)


def check(path: Path, checksum: str) -> None:
    """Refuse a file whose `md5:…` or `sha256:…` is another."""
    algorithm, expected = checksum.split(":")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, algorithm).hexdigest()
    if found != expected:
        raise ValueError(f"{path.name}: {algorithm} is {found}, expected {expected}")


def read_archives(paths: Iterable[Path], members: Iterable[Member]) -> dict[str, bytes]:
    """The members' bytes by name; tars may hold any of them, a .gz the one it is named after."""
    wanted = {member.name: member.size for member in members}
    found: dict[str, bytes] = {}
    for path in paths:
        if path.name.endswith((".tar.gz", ".tgz")):
            found |= read_tar(path, wanted)
        else:
            found[path.stem] = read_gzip(path, wanted[path.stem])
    if missing := wanted.keys() - found:
        raise ValueError(f"{', '.join(p.name for p in paths)}: has no {', '.join(sorted(missing))}")
    return found


def read_tar(path: Path, wanted: dict[str, int]) -> dict[str, bytes]:
    """Those of the wanted files (name to size) that the .tar.gz holds, in one pass."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r:gz") as tar:
            for entry in tar:
                if entry.name in wanted:
                    _refuse_odd(path, entry, wanted[entry.name], twice=entry.name in found)
                    found[entry.name] = _opened(tar, entry).read()
    except DAMAGE as damage:
        raise ValueError(f"{path.name}: truncated or not a .tar.gz: {damage}") from None
    return found


def _refuse_odd(path: Path, entry: tarfile.TarInfo, size: int, *, twice: bool) -> None:
    where = f"{path.name}: {entry.name}"
    if twice:
        raise ValueError(f"{where} is there twice")
    if not entry.isreg():
        raise ValueError(f"{where} is not a regular file")
    if entry.size != size:
        raise ValueError(f"{where} has {entry.size} bytes, expected {size}")


def _opened(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(entry)
    assert file is not None  # None is for what is not a regular file
    return file


def read_gzip(path: Path, size: int) -> bytes:
    """At most one byte more than expected is unpacked, whatever the file would unpack to."""
    try:
        with gzip.open(path) as file:
            content = file.read(size + 1)
    except DAMAGE as damage:
        raise ValueError(f"{path.name}: truncated or not a .gz: {damage}") from None
    if len(content) != size:
        raise ValueError(f"{path.name}: unpacks to other than {size} bytes")
    return content


def read_plain(path: Path, size: int) -> bytes:
    if (found := path.stat().st_size) != size:
        raise ValueError(f"{path.name} has {found} bytes, expected {size}")
    return path.read_bytes()
