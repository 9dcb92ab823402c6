"""ResNet-18 (He et al. 2016) with the 3×3 stem that small images need, ~11.2 M parameters."""

from torch import nn

from archbench.networks.blocks import ResNet
from archbench.networks.options import Norm, Widths


def build(
    num_classes: int,
    in_channels: int,
    image_size: tuple[int, int],
    *,
    widths: Widths = (64, 128, 256, 512),
    norm: Norm = "batch",
) -> nn.Module:
    return ResNet(num_classes, in_channels, widths=widths, norm=norm)
