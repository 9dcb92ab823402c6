"""A small network made to learn fast, after airbench (Jordan 2024, "94% on CIFAR-10 in 3.29 s").

A whitening 2×2 convolution, groups of two 3×3 convolutions with batch norm that halve the image,
and a scaled linear head. 0.50 M parameters with the default widths.
"""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from archbench.networks.blocks import conv3x3
from archbench.networks.options import Positive, Widths

LEAST_VARIANCE = 5e-4


def build(
    num_classes: int,
    in_channels: int,
    image_size: tuple[int, int],
    *,
    widths: Widths = (32, 128, 128),
    logit_scale: Positive = 1 / 9,
) -> nn.Module:
    return SpeedNet(num_classes, in_channels, widths, logit_scale)


class SpeedNet(nn.Module):
    """Images (N, C, H, W), H and W at least 2 · 2 ** groups → logits (N, classes)."""

    def __init__(
        self, num_classes: int, in_channels: int, widths: Widths, logit_scale: float
    ) -> None:
        super().__init__()
        filters = 2 * in_channels * 2 * 2
        self.whitening = nn.Conv2d(in_channels, filters, 2)
        self.whitening.bias = nn.Parameter(torch.zeros(filters))
        self.whitening.weight.requires_grad_(False)
        self.groups = nn.Sequential(*(Group(*pair) for pair in pairwise([filters, *widths])))
        self.head = nn.Linear(widths[-1], num_classes, bias=False)
        self.logit_scale = logit_scale

    @torch.no_grad()
    def prepare(self, images: Tensor) -> None:
        """Make the first convolution whiten the patches of these normalised training images.

        Its filters are the patches' principal axes over their standard deviations, and the same
        negated, since the activation that follows lets little of the negative half through.
        """
        patches = F.unfold(images, 2).transpose(1, 2).flatten(0, 1).double()
        variances, axes = torch.linalg.eigh(patches.T @ patches / len(patches))
        filters = axes.T / (variances + LEAST_VARIANCE).sqrt()[:, None]
        self.whitening.weight.copy_(torch.cat([filters, -filters]).view_as(self.whitening.weight))

    def forward(self, x: Tensor) -> Tensor:
        x = self.groups(F.silu(self.whitening(x)))
        return self.head(F.adaptive_max_pool2d(x, 1).flatten(1)) * self.logit_scale


class Group(nn.Module):
    """Two convolutions, the first followed by a pooling that halves the image.

    Each begins as the identity on its input's channels (dirac), and its norm has no scale.
    """

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv1, self.norm1 = conv3x3(in_channels, channels), nn.BatchNorm2d(channels)
        self.conv2, self.norm2 = conv3x3(channels, channels), nn.BatchNorm2d(channels)
        for conv, norm in ((self.conv1, self.norm1), (self.conv2, self.norm2)):
            nn.init.dirac_(conv.weight[: conv.in_channels].data)
            norm.weight.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        x = F.silu(self.norm1(F.max_pool2d(self.conv1(x), 2)))
        return F.silu(self.norm2(self.conv2(x)))
