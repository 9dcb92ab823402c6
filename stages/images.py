"""Stage images: what the user's own images are, if they are the data set, as one line.

Stage download depends on that line, not on the folder: images that no run reads rerun nothing.
"""

import start

import hashlib
import os
from pathlib import Path

from archbench.base import errors, files, params, paths
from archbench.download.config import Images


def main() -> None:
    wanted = params.read(Images)
    own = wanted.dataset == "folder"
    line = fingerprint(Path(wanted.folder.path)) if own else "not read"
    files.write_text(paths.OWN_IMAGES, f"{line}\n")


def fingerprint(root: Path) -> str:
    """Of every name in the folder, and of every file's content."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        content = files.sha256(path) if path.is_file() else "not a file"
        digest.update(os.fsencode(path.relative_to(root)) + f"\0{content}\0".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    errors.run(main)
