"""Pictures of one size, kept on the disk until it is known which of them are written where.

So a folder of any number of pictures takes the memory of a few. The file has no name: it goes with
the process that opened it, however that ends.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np

from archbench.base import files
from archbench.base.errors import Refused
from archbench.download.decode import Bytes

CHANNELS = 3
"""Of every picture in the file; a grey one has the same values in all of them."""


@dataclass(frozen=True, slots=True)
class Spool:
    descriptor: int
    folder: Path
    """Where the file without a name lies, for errors."""
    size: int
    """Of a side of every picture, in pixels."""

    @property
    def length(self) -> int:
        """Bytes of a picture."""
        return self.size * self.size * CHANNELS

    def put(self, number: int, pixels: Bytes) -> None:
        """Any thread may, in any order. uint8 (size, size, 3); Refused if the disk is full."""
        place, left = number * self.length, pixels.data.cast("B")
        try:
            while left:
                written = os.pwrite(self.descriptor, left, place)
                place, left = place + written, left[written:]
        except OSError as error:
            raise Refused(f"{self.folder} cannot be written: {error.strerror}") from None

    def get(self, number: int) -> Bytes:
        content = os.pread(self.descriptor, self.length, number * self.length)
        return np.frombuffer(content, np.uint8).reshape(self.size, self.size, CHANNELS)


@contextmanager
def opened(folder: Path, size: int) -> Iterator[Spool]:
    """`folder` should be on a disk: /tmp may be memory."""
    with TemporaryFile(dir=folder) as file:
        yield Spool(file.fileno(), folder, size)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Some of a spool's, in an order: what an array of them would hold, read one by one."""

    spool: Spool
    numbers: Sequence[int]
    channels: int
    """1 or 3."""

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return len(self.numbers), self.spool.size, self.spool.size, self.channels

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Bytes]:
        """uint8 (size, size, channels)."""
        for number in self.numbers:
            yield np.ascontiguousarray(self.spool.get(number)[..., : self.channels])


def write(path: Path, pictures: Pictures) -> None:
    """The bytes that `files.write_array` writes of an array of them all."""
    header = {"descr": "|u1", "fortran_order": False, "shape": pictures.shape}
    with files.atomic(path) as temporary, temporary.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for picture in pictures:
            file.write(picture.data)
