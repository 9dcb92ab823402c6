"""A multilayer perceptron as deep as one likes, with skips or without.

Its purpose is to show what He et al. 2016 found: skips are what makes depth trainable.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from archbench.networks.options import Depth, Width


def build(
    num_classes: int,
    in_channels: int,
    image_size: tuple[int, int],
    *,
    depth: Depth = 8,
    width: Width = 128,
    skips: bool = True,
) -> nn.Module:
    """Flatten → width → `depth` layers → classes. `skips` changes no parameter.

    Layer norm keeps the signal's size in both kinds, so that what remains between them is depth.
    """
    first = nn.Linear(in_channels * image_size[0] * image_size[1], width)
    layers = [Layer(width, skips) for _ in range(depth)]
    return nn.Sequential(
        nn.Flatten(), first, *layers, nn.LayerNorm(width), nn.ReLU(), nn.Linear(width, num_classes)
    )


class Layer(nn.Module):
    """Norm → ReLU → linear, in the order whose skip is the identity (He et al. 2016b)."""

    def __init__(self, width: int, skip: bool) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.linear = nn.Linear(width, width)
        self.skip = skip
        nn.init.kaiming_normal_(self.linear.weight, nonlinearity="relu")
        nn.init.zeros_(self.linear.bias)

    def forward(self, x: Tensor) -> Tensor:
        residual = self.linear(F.relu(self.norm(x)))
        return x + residual if self.skip else residual
