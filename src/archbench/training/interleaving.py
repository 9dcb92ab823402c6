"""Convolutions of small images on a CPU with matrix tiles (AMX).

oneDNN's kernels fill a tile with neighbours of one image's row: four of a 4×4 image, where there
is room for sixteen and more. So the rows of up to sixteen images are made one: their first pixels,
then their second ones, and so on. In it an image's neighbouring pixels are as many apart as there
are images, and the convolution dilated by that number is the convolution of each image.
"""

import math

import torch.nn.functional as F
from torch import Tensor, nn

TOGETHER = 16
"""Images at most: as many as divide the batch."""

NARROW = 8
"""Pixels of the widest row that gains: 1.3× at 8, forward and backward, 4× at 4; 16 would lose."""


class InterleavedConv2d(nn.Conv2d):
    """Equal to `nn.Conv2d` but for rounding, and in evaluation the same.

    A stride along the row cannot be taken there, so it is taken when the images are put apart.
    """

    def forward(self, images: Tensor) -> Tensor:
        together = math.gcd(len(images), TOGETHER)
        if not self.training or images.shape[-1] > NARROW or together in (1, len(images)):
            return super().forward(images)
        assert not isinstance(self.padding, str)
        rows = F.conv2d(
            interleave(images, together),
            self.weight,
            self.bias,
            stride=(self.stride[0], 1),
            padding=(self.padding[0], self.padding[1] * together),
            dilation=(1, together),
        )
        return apart(rows, together, every=self.stride[1])


def interleave(images: Tensor, together: int) -> Tensor:
    """(N, C, H, W) → (N / together, C, H, W · together), channels last, as its gradient."""
    groups = images.permute(0, 2, 3, 1).unflatten(0, (-1, together))
    return groups.permute(0, 2, 3, 1, 4).flatten(2, 3).permute(0, 3, 1, 2)


def apart(rows: Tensor, together: int, every: int = 1) -> Tensor:
    """What `interleave` has put together, of each row the first pixel and `every` next one."""
    groups = rows.permute(0, 2, 3, 1).unflatten(2, (-1, together))[:, :, ::every]
    return groups.permute(0, 3, 1, 2, 4).flatten(0, 1).permute(0, 3, 1, 2)


def adopt(model: nn.Module) -> None:
    """Have the model's convolutions do so, where it can be done; weights keep their names."""
    for module in model.modules():
        if type(module) is nn.Conv2d and _can_be(module):
            module.__class__ = InterleavedConv2d


def _can_be(convolution: nn.Conv2d) -> bool:
    return (
        convolution.dilation == (1, 1)
        and convolution.groups == 1
        and convolution.kernel_size != (1, 1)
        and convolution.padding_mode == "zeros"
        and not isinstance(convolution.padding, str)
    )
