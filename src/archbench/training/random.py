"""Every random number of a run follows from (seed, epoch): a resumed run repeats them."""

from enum import IntEnum

import numpy as np
import torch


class Stream(IntEnum):
    """Independent uses of randomness within an epoch."""

    WEIGHTS = 0
    ORDER = 1
    AUGMENTATION = 2
    NOISE = 3
    PARITY = 4


def derive(seed: int, epoch: int, stream: Stream) -> int:
    """A 63-bit seed, independent between arguments (numpy's SeedSequence)."""
    state = np.random.SeedSequence([seed, epoch, stream]).generate_state(1, np.uint64)
    return int(state[0] >> np.uint64(1))


def generator(seed: int, epoch: int, stream: Stream) -> torch.Generator:
    return torch.Generator().manual_seed(derive(seed, epoch, stream))


def reseed_globals(seed: int, epoch: int, stream: Stream) -> None:
    """For what takes no generator: torch's initialisers, dropout and DropPath, and timm's Mixup."""
    state = derive(seed, epoch, stream)
    torch.manual_seed(state)
    np.random.seed(state % 2**32)
