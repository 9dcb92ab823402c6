"""A vision transformer (Dosovitskiy et al. 2021) on patches of 4×4 pixels, timm's, ~5.4 M."""

import torch
from torch import nn

from archbench.networks.options import Depth, Pixels, Probability, Width
from archbench.networks.vision import timm


def build(
    num_classes: int,
    in_channels: int,
    image_size: tuple[int, int],
    *,
    patch_size: Pixels = 4,
    width: Width = 192,
    depth: Depth = 12,
    heads: Width = 3,
    drop_path: Probability = 0.1,
) -> nn.Module:
    """`drop_path` is the last block's probability of being skipped; it rises linearly to it.

    On a CPU attention is written out: torch's fused kernel took 45 % of the step (torch 2.13).
    """
    vit = timm.models.VisionTransformer(
        img_size=image_size,
        patch_size=patch_size,
        in_chans=in_channels,
        num_classes=num_classes,
        embed_dim=width,
        depth=depth,
        num_heads=heads,
        drop_path_rate=drop_path,
    )
    for block in vit.blocks:
        block.attn.fused_attn = torch.cuda.is_available()
    network: nn.Module = vit
    return network
