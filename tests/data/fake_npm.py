"""Another npm, first and alone on the PATH that the fixture `here` sets."""

import shutil
from pathlib import Path

SLEEP, COPY = shutil.which("sleep"), shutil.which("cp")


def install(here: Path, script: str) -> None:
    program = here / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def install_serving(here: Path, tarball: Path) -> None:
    """`npm pack SPEC --pack-destination FOLDER …` puts the tarball into FOLDER."""
    install(here, f'{COPY} "{tarball}" "$4"')
