"""Every random number of a run follows from (seed, epoch), so a resumed run draws the same."""

from enum import IntEnum

import numpy as np
import torch


class Stream(IntEnum):
    """The uses of randomness within an epoch, each independent of the others."""

    WEIGHTS = 0
    ORDER = 1
    AUGMENTATION = 2
    NOISE = 3
    PARITY = 4


def derive_seed(seed: int, epoch: int, stream: Stream, rank: int = 0) -> int:
    """A 63-bit seed by numpy's SeedSequence: other arguments give an independent one."""
    state = np.random.SeedSequence([seed, epoch, stream, rank]).generate_state(1, np.uint64)
    return int(state[0] >> np.uint64(1))


def generator(seed: int, epoch: int, stream: Stream) -> torch.Generator:
    """On the CPU, so that every device has the same draws."""
    return torch.Generator().manual_seed(derive_seed(seed, epoch, stream))


def reseed_globals(seed: int, epoch: int, stream: Stream, rank: int = 0) -> None:
    """For code that takes no generator: torch's initialisers, dropout, DropPath, timm's Mixup.

    torch's numbers are others in each process of a run, as the images are. Mixup's, which are
    NumPy's, are those of the whole batch.
    """
    torch.manual_seed(derive_seed(seed, epoch, stream, rank))
    np.random.seed(derive_seed(seed, epoch, stream) % 2**32)
