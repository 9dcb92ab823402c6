"""Check every cached file against the md5 sum that DVC knows it by: `python -m archbench.verify`.

DVC goes by a file's size and time, and trusts its cache: a flipped bit is invisible to it.
"""

import hashlib
import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from dvc.repo import Repo
from ruamel.yaml import YAML

FOLDER = ".dir"
"""The ending of an md5 sum that is a folder's: of the list of its files, which is cached too."""


def main() -> None:
    with Repo() as repo:
        cache = Path(repo.cache.local.path)
    expected = dict(objects(cache)) | dict(outputs(Path("dvc.lock"), cache))
    damaged = [path for path, digest in expected.items() if md5(path) != digest]
    print(f"{len(expected) - len(damaged)} of {len(expected)} files are whole")
    if damaged:
        print("Remove the others, and what is not cached elsewhere is made again:")
        print("  rm -f", *(shlex.quote(str(path)) for path in damaged))
        print("  dvc repro")
        raise SystemExit(1)


def objects(cache: Path) -> Iterator[tuple[Path, str]]:
    """The cache's files, each named after its sum."""
    for path in sorted(cache.glob("??/*")):
        yield path, (path.parent.name + path.name).removesuffix(FOLDER)


def outputs(lock: Path, cache: Path) -> Iterator[tuple[Path, str]]:
    """The stages' files that are there. A folder that DVC does not cache is git's to keep."""
    for stage in YAML(typ="safe").load(lock)["stages"].values():
        for out in stage.get("outs", []):
            for file, digest in files_of(out, cache):
                if file.exists():
                    yield file, digest


def files_of(out: dict[str, str], cache: Path) -> Iterator[tuple[Path, str]]:
    """The file itself; of a folder, the files in its list, if that is there and whole."""
    path, digest = Path(out["path"]), out["md5"]
    cached = cache / digest[:2] / digest[2:]
    if not digest.endswith(FOLDER):
        yield path, digest
    elif cached.exists() and md5(cached) == digest.removesuffix(FOLDER):
        for file in json.loads(cached.read_bytes()):
            yield path / file["relpath"], file["md5"]


def md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


if __name__ == "__main__":
    main()
