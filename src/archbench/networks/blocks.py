"""One residual network for small images; the architectures choose its parts."""

from collections.abc import Sequence
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from archbench.networks.options import Norm
from archbench.networks.vision import timm

Skip = Literal["projection", "padded", "none"]
"""What goes round a block's convolutions; only projections have parameters."""


def conv3x3(in_channels: int, out_channels: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)


def normalisation(norm: Norm, channels: int) -> nn.Module:
    """Group norm takes 32 groups, or as many as divide a narrow layer (Wu & He 2018)."""
    if norm == "batch":
        return nn.BatchNorm2d(channels)
    return nn.GroupNorm(max(g for g in range(1, 33) if channels % g == 0), channels)


def pixel_mean(x: Tensor) -> Tensor:
    """(N, C, H, W) → (N, C), as `x.mean((2, 3))`, whose gradient would not be channels-last."""
    return x.sum((2, 3)) / x[0, 0].numel()


class SqueezeExcitation(nn.Module):
    """Each channel is scaled by a gate that sees all channels' means (Hu et al. 2018)."""

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        hidden = max(channels // reduction, 4)
        self.squeeze = nn.Linear(channels, hidden)
        self.excite = nn.Linear(hidden, channels)

    def forward(self, x: Tensor) -> Tensor:
        gate = self.excite(F.relu(self.squeeze(pixel_mean(x)))).sigmoid()
        return x * gate[:, :, None, None]


class PaddedSkip(nn.Module):
    """Every `stride`-th pixel, and zeros for new channels (He et al. 2016, option A)."""

    def __init__(self, new_channels: int, stride: int) -> None:
        super().__init__()
        self.new_channels = new_channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        every = F.avg_pool2d(x, 1, self.stride)  # a slice would not stay channels-last
        return F.pad(every, (0, 0, 0, 0, 0, self.new_channels))


def skip_around(
    kind: Skip, in_channels: int, channels: int, stride: int, norm: Norm
) -> nn.Module | None:
    if kind == "none":
        return None
    if stride == 1 and in_channels == channels:
        return nn.Identity()
    if kind == "padded":
        return PaddedSkip(channels - in_channels, stride)
    return nn.Sequential(*projection(in_channels, channels, stride), normalisation(norm, channels))


def projection(in_channels: int, channels: int, stride: int) -> list[nn.Module]:
    """A 1×1 convolution.

    With a stride, channels last and no whole sixteens of channels, oneDNN's gradient writes beyond
    its memory if the image is large (torch 2.13), so the pixels are chosen before.
    """
    if in_channels % 16 == 0:
        return [nn.Conv2d(in_channels, channels, 1, stride, bias=False)]
    return [nn.AvgPool2d(1, stride), nn.Conv2d(in_channels, channels, 1, bias=False)]


class BasicBlock(nn.Module):
    """Two 3×3 convolutions around a skip (He et al. 2016), with optional gate and stochastic depth.

    `drop_path` is the probability that an image skips the convolutions in training
    (Huang et al. 2016).
    """

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int,
        *,
        skip: Skip,
        norm: Norm,
        squeeze_excitation: bool,
        drop_path: float,
    ) -> None:
        super().__init__()
        self.conv1 = conv3x3(in_channels, channels, stride)
        self.norm1 = normalisation(norm, channels)
        self.conv2 = conv3x3(channels, channels)
        self.norm2 = normalisation(norm, channels)
        self.gate = SqueezeExcitation(channels) if squeeze_excitation else nn.Identity()
        self.drop_path = timm.layers.DropPath(drop_path)
        self.skip = skip_around(skip, in_channels, channels, stride, norm)

    def forward(self, x: Tensor) -> Tensor:
        residual = F.relu(self.norm1(self.conv1(x)))
        residual = self.drop_path(self.gate(self.norm2(self.conv2(residual))))
        return F.relu(residual if self.skip is None else self.skip(x) + residual)


class ResNet(nn.Module):
    """3×3 stem without pooling, stages of basic blocks that halve the image, pooled linear head.

    `drop_path` is the last block's probability; it rises linearly from the first's.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: int,
        *,
        widths: Sequence[int],
        blocks_per_stage: int = 2,
        skip: Skip = "projection",
        norm: Norm = "batch",
        squeeze_excitation: bool = False,
        dropout: float = 0.0,
        drop_path: float = 0.0,
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(conv3x3(in_channels, widths[0]), normalisation(norm, widths[0]))
        self.blocks = nn.Sequential()
        depth = len(widths) * blocks_per_stage
        channels = widths[0]
        for index in range(depth):
            stage, within = divmod(index, blocks_per_stage)
            block = BasicBlock(
                channels,
                widths[stage],
                stride=2 if stage > 0 and within == 0 else 1,
                skip=skip,
                norm=norm,
                squeeze_excitation=squeeze_excitation,
                drop_path=drop_path * (index + 1) / depth,
            )
            self.blocks.append(block)
            channels = widths[stage]
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(channels, num_classes)
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(F.relu(self.stem(x)))
        return self.head(self.dropout(pixel_mean(x)))

    def group_matcher(self, coarse: bool = False) -> dict[str, str]:
        """The layers, bottom to top, as timm's models tell theirs; the head is above them."""
        return {"stem": r"^stem", "blocks": r"^blocks\.(\d+)"}


def three_stages(num_classes: int, in_channels: int, depth: int, width: int, skip: Skip) -> ResNet:
    """He et al. 2016, section 4.2: a convolution, three stages of 2n, and the head: 6n + 2 layers.

    Skips without parameters leave the layers and their first weights as they are without skips.
    """
    widths = (width, 2 * width, 4 * width)
    blocks_per_stage = (depth - 2) // 6
    return ResNet(
        num_classes, in_channels, widths=widths, blocks_per_stage=blocks_per_stage, skip=skip
    )


def initialise(module: nn.Module) -> None:
    """Kaiming-normal convolutions (He et al. 2015); norms begin as the identity, as in torch."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
