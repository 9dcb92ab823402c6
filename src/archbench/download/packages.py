"""One package through npm or apt themselves, so that their configuration chooses the registry.

OSError says in one line why it was not served.
"""

import shutil
import subprocess
from pathlib import Path

from archbench.download import archives
from archbench.download.dataset import DebPackage, NpmPackage, Package

TIMEOUT = 1800.0
"""Seconds for the whole package."""
PREFIXES = ("npm error ", "npm ERR! ", "E: ")  # npm since 10, npm before, apt


def fetch(package: Package, folder: Path) -> Path:
    """The package's file, saved in `folder`; none of its scripts has run."""
    match package:
        case NpmPackage():
            run([*package.command, "--pack-destination", str(folder), "--ignore-scripts"])
            archives.check(path := folder / package.file, f"sha256:{package.sha256}")
            return path
        case DebPackage():
            run(package.command, folder)  # apt has checked it against Debian's signatures
            if (found := next(folder.glob(package.file), None)) is None:
                raise OSError(f"{' '.join(package.command)} saved no {package.file}")
            return found


def run(command: list[str], folder: Path | None = None) -> None:
    if (program := shutil.which(command[0])) is None:
        raise OSError(f"{command[0]} is not installed")
    asked = " ".join(command[:3])
    try:
        done = subprocess.run(
            [program, *command[1:]],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise OSError(f"{asked} took longer than {TIMEOUT:g} s") from None
    if done.returncode:
        raise OSError(f"{asked}: {reason(done.stderr) or f'exit {done.returncode}'}")


def reason(stderr: str) -> str:
    """The first two lines of the error: its code, and what it was about."""
    lines = stderr.splitlines()
    said = [line.removeprefix(p).strip() for p in PREFIXES for line in lines if line.startswith(p)]
    return "; ".join(said[:2])
