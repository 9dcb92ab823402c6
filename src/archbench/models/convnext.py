"""ConvNeXt (Liu et al. 2022), timm's "atto", with smaller patches for small images, ~3.4 M."""

from torch import nn

from archbench.networks.options import Pixels, Probability
from archbench.networks.vision import timm


def build(
    num_classes: int,
    in_channels: int,
    image_size: tuple[int, int],
    *,
    patch_size: Pixels = 2,
    drop_path: Probability = 0.1,
) -> nn.Module:
    """The stem is set afterwards, since timm's first stage would halve after patches of 2×2.

    A patch should be more than one pixel, whose brightness the stem's layer norm would take away.
    """
    network = timm.create_model(
        "convnext_atto", num_classes=num_classes, in_chans=in_channels, drop_path_rate=drop_path
    )
    channels = network.stem[0].out_channels
    network.stem[0] = nn.Conv2d(in_channels, channels, patch_size, patch_size)
    return network
