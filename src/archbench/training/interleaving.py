"""Convolutions of small images on a CPU with matrix tiles (AMX).

oneDNN's kernels fill a tile with the pixels of one image's row: four for a 4×4 image, though there
is room for sixteen and more. So the rows of up to sixteen images are interleaved into one: first
their first pixels, then their second ones, and so on. In this row neighbouring pixels of an image
are as far apart as there are images in it, and a convolution with that dilation is the convolution
of each image.
"""

import math

import torch.nn.functional as F
from torch import Tensor, nn

MAX_GROUP = 16
"""Images in a group; a group's size divides the batch's."""

MAX_WIDTH = 8
"""Pixels of the widest image that gains: forward and backward, 1.3× at 8, 4× at 4; 16 loses."""


class InterleavedConv2d(nn.Conv2d):
    """Equal to `nn.Conv2d` up to rounding in training, and the same in evaluation.

    A stride along the row is taken when the images are separated again.
    """

    def forward(self, images: Tensor) -> Tensor:
        group = math.gcd(len(images), MAX_GROUP)
        if not self.training or images.shape[-1] > MAX_WIDTH or group in (1, len(images)):
            return super().forward(images)
        assert not isinstance(self.padding, str)
        rows = F.conv2d(
            interleave(images, group),
            self.weight,
            self.bias,
            stride=(self.stride[0], 1),
            padding=(self.padding[0], self.padding[1] * group),
            dilation=(1, group),
        )
        return deinterleave(rows, group, stride=self.stride[1])


def interleave(images: Tensor, group: int) -> Tensor:
    """(N, C, H, W) → (N / group, C, H, W · group). Channels last, and so is the gradient."""
    groups = images.permute(0, 2, 3, 1).unflatten(0, (-1, group))
    return groups.permute(0, 2, 3, 1, 4).flatten(2, 3).permute(0, 3, 1, 2)


def deinterleave(rows: Tensor, group: int, stride: int = 1) -> Tensor:
    """The inverse of `interleave`, which keeps every `stride`-th pixel of each image's rows."""
    groups = rows.permute(0, 2, 3, 1).unflatten(2, (-1, group))[:, :, ::stride]
    return groups.permute(0, 3, 1, 2, 4).flatten(0, 1).permute(0, 3, 1, 2)


def interleave_convolutions(model: nn.Module) -> None:
    """Make the model's convolutions interleaved, in place, if their settings allow it.

    The weights and their names stay.
    """
    for module in model.modules():
        if type(module) is nn.Conv2d and _is_supported(module):
            module.__class__ = InterleavedConv2d


def _is_supported(convolution: nn.Conv2d) -> bool:
    return (
        convolution.dilation == (1, 1)
        and convolution.groups == 1
        and convolution.kernel_size != (1, 1)
        and convolution.padding_mode == "zeros"
        and not isinstance(convolution.padding, str)
    )
