"""The processes that train one network together, and what they tell each other.

Every process holds the same weights. It computes the gradients of its share of each batch; torch's
DistributedDataParallel averages them. So N processes do what one does, up to rounding.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass
from io import StringIO

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from archbench.base.errors import Refused
from archbench.training import torchrun


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """This process among the `size` processes of a run."""

    rank: int = 0
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process writes files and lines."""
        return self.rank == 0

    def share(self, count: int) -> Tensor:
        """Which of a batch's `count` places are this process's: bool (count,).

        Mixup and CutMix mix each image with the one as far from the batch's other end, so both
        have the same process.
        """
        place = torch.arange(count)
        return torch.minimum(place, count - 1 - place) % self.size == self.rank

    def weight(self, share: int, count: int) -> float:
        """Factor of the mean loss over a share of a batch: its processes' mean is the batch's."""
        return share * self.size / count

    def sum(self, values: Tensor) -> Tensor:
        """The processes' sum, in every process the same bits."""
        if self.size > 1:
            dist.all_reduce(values)
        return values

    def join(self, predict: Callable[[slice], Tensor], count: int) -> Tensor:
        """`predict` (K, …) of `count` images in order, each process those of its own slice."""
        if self.size == 1:
            return predict(slice(count))
        most = -(-count // self.size)
        mine = predict(slice(self.rank * most, min((self.rank + 1) * most, count)))
        padded = mine.new_zeros(most, *mine.shape[1:])
        padded[: len(mine)] = mine
        parts = [torch.empty_like(padded) for _ in range(self.size)]
        dist.all_gather(parts, padded)
        return torch.cat(parts)[:count]

    def parallel(self, model: nn.Module) -> nn.Module:
        """The model whose backward pass averages the gradients over the processes."""
        if self.size == 1:
            return model
        return DistributedDataParallel(model)


ALONE = World()


@contextmanager
def join() -> Iterator[World]:
    """The world that torchrun's environment variables describe; this process alone without them.

    On GPUs each process has its own. The first process alone prints lines and refusals.
    """
    if not torchrun.is_process():
        yield ALONE
        return
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if on_gpu else "gloo")
    world = World(rank=dist.get_rank(), size=dist.get_world_size())
    try:
        with nullcontext() if world.is_first else redirect_stdout(StringIO()):
            yield world
    except Refused:
        if world.is_first:
            raise
        raise SystemExit(2) from None
    except RuntimeError as error:
        # torchrun's parent says which process ended; this is only its echo in the others
        if not isinstance(error, dist.DistError) and "gloo" not in str(error):
            raise
        raise SystemExit(1) from None
    dist.destroy_process_group()
