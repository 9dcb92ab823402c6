"""Another npm or apt-get, alone on the PATH that the fixture `here` sets."""

import shutil
from pathlib import Path

SLEEP, COPY = shutil.which("sleep"), shutil.which("cp")


def install(here: Path, script: str, name: str = "npm") -> None:
    program = here / "bin" / name
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def install_serving(here: Path, file: Path) -> None:
    """npm puts the tarball into the folder that it is told, apt-get the .deb where it is run."""
    name, folder = ("apt-get", ".") if file.suffix == ".deb" else ("npm", '"$4"')
    install(here, f'{COPY} "{file}" {folder}', name)
