"""One file over HTTP: complete and with the right checksum, or an error."""

import time
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

from tqdm import tqdm

from archbench.download import archives

TIMEOUT = 30.0
"""Seconds without a byte."""
LONGEST = 1800.0
"""Seconds for a file from one address, all tries together."""
MOST = 1 << 28
"""Bytes of a file: the largest archive of the catalogue has 170 million."""
PAUSES = (0.0, 1.0, 3.0)
"""Seconds before each round of tries."""
CHUNK = 1 << 20


def fetch(urls: Sequence[str], path: Path, checksum: str) -> None:
    """Save the first of `urls` that serves `checksum`, in rounds; all failed: OSError says why."""
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
    """A server that hangs up early is noticed by the length that it announced.

    One that never does is by MOST, or by the `deadline` (of `time.monotonic`) if it drips.
    """
    request = Request(url, headers={"User-Agent": "archbench"})
    with urlopen(request, timeout=TIMEOUT) as answer, path.open("wb") as file:
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


def progress(name: str, size: int) -> "tqdm[None]":
    """On a terminal only: a log needs no bars."""
    return tqdm(total=size or None, desc=name, unit="B", unit_scale=True, disable=None, leave=False)
