"""What colour pixels have: brightness, contrast, saturation and hue, each image its own draw.

Every function takes images (N, C, H, W) in [0, 1] and one draw per image, (N,), and agrees with
torchvision's functional transform for the same draw. Grey images have no saturation and no hue.
"""

import torch
from torch import Tensor

_LUMA = (0.2989, 0.587, 0.114)


def grey(images: Tensor) -> Tensor:
    """(N, C, H, W) → (N, 1, H, W), weighted as the eye does (ITU-R 601)."""
    if images.shape[1] == 1:
        return images
    red, green, blue = images.unbind(1)
    return (_LUMA[0] * red + _LUMA[1] * green + _LUMA[2] * blue).unsqueeze(1)


def blend(images: Tensor, other: Tensor, factor: Tensor) -> Tensor:
    """`factor` of the images and the rest of `other`, kept in [0, 1]."""
    return torch.lerp(other, images, factor[:, None, None, None]).clamp_(0, 1)


def brightness(images: Tensor, factor: Tensor) -> Tensor:
    return blend(images, torch.zeros_like(images[:, :1]), factor)


def contrast(images: Tensor, factor: Tensor) -> Tensor:
    return blend(images, grey(images).mean((1, 2, 3), keepdim=True), factor)


def saturation(images: Tensor, factor: Tensor) -> Tensor:
    return images if images.shape[1] == 1 else blend(images, grey(images), factor)


def hue(images: Tensor, turn: Tensor) -> Tensor:
    """Turn the hue by a fraction of the circle in [-0.5, 0.5] (by way of HSV)."""
    if images.shape[1] == 1:
        return images
    red, green, blue = images.unbind(1)
    value = torch.maximum(torch.maximum(red, green), blue)
    chroma = value - torch.minimum(torch.minimum(red, green), blue)
    from_green_or_blue = torch.where(green == value, blue - red, red - green + 2 * chroma)
    sector = torch.where(red == value, green - blue, from_green_or_blue + 2 * chroma)
    angle = sector / (6 * torch.where(chroma > 0, chroma, 1)) + turn[:, None, None]
    away = angle[:, None] + torch.arange(3, -2, -2, device=images.device)[:, None, None] / 6
    share = (2 - 6 * (away - away.round()).abs()).clamp_(0, 1)
    return value[:, None] - chroma[:, None] * share
