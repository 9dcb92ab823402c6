"""Batch norm whose statistics are those of the whole batch, of which each process has a share."""

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


class SynchronisedBatchNorm(_BatchNorm):
    """Batch norm over the whole batch, of which each process has a share.

    Written for the CPU, which torch's SyncBatchNorm refuses.
    """

    def _check_input_dim(self, x: Tensor) -> None:
        """Any: the channels are dimension 1."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        dims, shape = [0, *range(2, x.ndim)], [1, -1, *[1] * (x.ndim - 2)]
        values = x.float()
        count = values.new_tensor(x.numel() / x.shape[1])
        total = total_of(torch.cat([values.sum(dims), count[None]]))
        mean, count = total[:-1] / total[-1], total[-1]
        centred = values - mean.view(shape)
        variance = total_of(centred.square().sum(dims)) / count
        self._track(mean.detach(), variance.detach() * count / (count - 1))
        scale = (variance + self.eps).rsqrt() * (1 if self.weight is None else self.weight)
        shift = 0 if self.bias is None else self.bias.view(shape)
        return (centred * scale.view(shape) + shift).to(x.dtype)

    def _track(self, mean: Tensor, variance: Tensor) -> None:
        if self.running_mean is None or self.running_var is None:
            return
        assert self.num_batches_tracked is not None
        self.num_batches_tracked.add_(1)
        momentum = self.momentum
        if momentum is None:  # the mean of all batches, which update_bn asks for
            momentum = 1 / float(self.num_batches_tracked)
        self.running_mean.lerp_(mean, momentum)
        self.running_var.lerp_(variance, momentum)


class Total(torch.autograd.Function):
    """The processes' sum, in each of them. So is the gradient."""

    @staticmethod
    def forward(context: Any, values: Tensor) -> Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        return Total.forward(context, gradient)


def total_of(values: Tensor) -> Tensor:
    total: Tensor = Total.apply(values)
    return total


def synchronise_norms(model: nn.Module, device: torch.device) -> None:
    """Have the batch norms within the model see the whole batch, in place."""
    if device.type == "cuda":
        nn.SyncBatchNorm.convert_sync_batchnorm(model)
        return
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.__class__ = SynchronisedBatchNorm  # type: ignore[assignment]
