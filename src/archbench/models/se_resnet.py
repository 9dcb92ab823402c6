"""A ResNet of 32/64/128/256 channels with squeeze-and-excitation (Hu et al. 2018), ~2.8 M."""

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
) -> nn.Module:
    return ResNet(num_classes, in_channels, widths=widths, squeeze_excitation=True, dropout=dropout)
