"""How far a run is: a bar on a terminal, one plain line per epoch elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def bar(batches: Iterable[T], title: str, total: int) -> Iterator[T]:
    return iter(tqdm(batches, title, total, leave=False, disable=not sys.stderr.isatty()))


def say(line: str) -> None:
    tqdm.write(line)
    sys.stdout.flush()
