"""Images on the device if they fit there, else in their file, from which each batch is fetched.

Both are indexed alike and give the same bytes.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from archbench.networks.backend import Backend


@dataclass(frozen=True, kw_only=True, slots=True)
class Streamed:
    """Rows of a memory-mapped array. What is taken of them is read and copied to the device."""

    array: NDArray[Any]
    """uint8 (M, H, W, C)."""
    rows: NDArray[np.int64]
    """(N,): the images, in their order."""
    backend: Backend

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(N, H, W, C)."""
        height, width, channels = self.array.shape[1:]
        return len(self.rows), height, width, channels

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: slice | Tensor) -> Tensor:
        """`index` is a slice, or int64 (B,) on the CPU."""
        rows = self.rows[index.numpy() if isinstance(index, Tensor) else index]
        return self.backend.upload(np.asarray(self.array[rows]))


Images = Tensor | Streamed
"""uint8 (N, H, W, C): a tensor on the device, or streamed."""


def hold(
    array: NDArray[Any], rows: NDArray[np.int64], backend: Backend, *, resident: bool
) -> Images:
    """These rows of a memory-mapped array, uint8 (M, H, W, C)."""
    if resident:
        return backend.upload(np.asarray(array[rows]))
    return Streamed(array=array, rows=rows, backend=backend)


def part(images: Images, rows: slice) -> Images:
    """Some of the images; of streamed ones none is read yet."""
    if isinstance(images, Tensor):
        return images[rows]
    return replace(images, rows=images.rows[rows])


def fetch(images: Images, index: Tensor) -> Iterator[Tensor]:
    """A batch for each row of `index`, int64 (batches, B) on the CPU.

    Of streamed images the next batch is read while the caller works with this one.
    """
    if isinstance(images, Tensor):
        yield from (images[row] for row in index.to(images.device))
        return
    with ThreadPoolExecutor(max_workers=1) as reader:
        ahead = reader.submit(images.__getitem__, index[0])
        for row in index[1:]:
            batch, ahead = ahead.result(), reader.submit(images.__getitem__, row)
            yield batch
        yield ahead.result()
