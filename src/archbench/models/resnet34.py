"""ResNet-34 (He et al. 2016), timm's: 3/4/6/3 blocks of 64/128/256/512 channels, 21.29 M.

Its weights have timm's names, so what timm has trained on ImageNet can be loaded into it.
"""

from torch import nn

from archbench.networks.blocks import conv3x3, initialise
from archbench.networks.options import Probability, Stem
from archbench.networks.vision import timm


def build(
    num_classes: int,
    in_channels: int,
    image_size: tuple[int, int],
    *,
    stem: Stem = "imagenet",
    drop_path: Probability = 0.0,
) -> nn.Module:
    """The `imagenet` stem (7×7, pooling) hands 32×32 pixels to the blocks as 8×8, `small` as 32×32.

    `drop_path` is the last block's probability of being skipped; it rises linearly from zero.
    """
    network = timm.create_model(
        "resnet34", num_classes=num_classes, in_chans=in_channels, drop_path_rate=drop_path
    )
    if stem == "small":
        network.conv1 = conv3x3(in_channels, 64)
        network.maxpool = nn.Identity()
        initialise(network.conv1)
    return network
