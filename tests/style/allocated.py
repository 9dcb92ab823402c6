"""How much memory some code takes at once beside what was there: NumPy's arrays and Python's own.

An array that is there already stands for a memory-mapped one: what is copied of it counts.
"""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Fails if the block had more than `size` bytes at once."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= size, f"{peak:,} bytes at once, of {size:,} at most"
