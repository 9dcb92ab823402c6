"""`residual_cnn` without its skips, weight for weight: what depth does when nothing helps it."""

from torch import nn

from archbench.networks.blocks import three_stages
from archbench.networks.options import CifarDepth, Width


def build(
    num_classes: int,
    in_channels: int,
    image_size: tuple[int, int],
    *,
    depth: CifarDepth = 20,
    width: Width = 16,
) -> nn.Module:
    """The plain network of He et al. 2016, section 4.2; its options are those of `residual_cnn`."""
    return three_stages(num_classes, in_channels, depth, width, skip="none")
