"""The ResNet of `se_resnet` without gates, with stochastic depth (Huang et al. 2016)."""

from torch import nn

from archbench.networks.blocks import ResNet
from archbench.networks.options import Probability, Widths


def build(
    num_classes: int,
    in_channels: int,
    image_size: tuple[int, int],
    *,
    widths: Widths = (32, 64, 128, 256),
    dropout: Probability = 0.3,
    drop_path: Probability = 0.2,
) -> nn.Module:
    """`drop_path` is the last block's probability of being skipped; it rises linearly to it."""
    return ResNet(num_classes, in_channels, widths=widths, dropout=dropout, drop_path=drop_path)
