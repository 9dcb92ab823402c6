"""A plain multilayer perceptron: the baseline that a convolutional network has to beat."""

from itertools import pairwise

from torch import nn

from archbench.networks.options import Probability, Widths


def build(
    num_classes: int,
    in_channels: int,
    image_size: tuple[int, int],
    *,
    widths: Widths = (128, 64),
    dropout: Probability = 0.2,
) -> nn.Module:
    """On MNIST with the defaults: 784 → 128 → 64 → dropout 0.2 → 10."""
    sizes = [in_channels * image_size[0] * image_size[1], *widths]
    layers: list[nn.Module] = [nn.Flatten()]
    for fan_in, fan_out in pairwise(sizes):
        layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.Dropout(dropout), nn.Linear(sizes[-1], num_classes))
