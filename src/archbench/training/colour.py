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


def blend(images: Tensor, other: Tensor | float, factor: Tensor) -> Tensor:
    """`factor` of the images and the rest of `other`, kept in [0, 1]."""
    factor = factor[:, None, None, None]
    return (factor * images + (1 - factor) * other).clamp(0, 1)


def brightness(images: Tensor, factor: Tensor) -> Tensor:
    return blend(images, 0.0, factor)


def contrast(images: Tensor, factor: Tensor) -> Tensor:
    return blend(images, grey(images).mean((1, 2, 3), keepdim=True), factor)


def saturation(images: Tensor, factor: Tensor) -> Tensor:
    return images if images.shape[1] == 1 else blend(images, grey(images), factor)


def hue(images: Tensor, turn: Tensor) -> Tensor:
    """Turn the hue by a fraction of the circle in [-0.5, 0.5] (by way of HSV)."""
    if images.shape[1] == 1:
        return images
    value, strongest = images.max(1)
    chroma = value - images.amin(1)
    red, green, blue = images.unbind(1)
    safe = torch.where(chroma > 0, chroma, torch.ones_like(chroma))
    sector = torch.stack([(green - blue) / safe, 2 + (blue - red) / safe, 4 + (red - green) / safe])
    angle = sector.gather(0, strongest.unsqueeze(0)).squeeze(0) + 6 * turn[:, None, None]
    offsets = torch.tensor([5.0, 3.0, 1.0], device=images.device)[None, :, None, None]
    position = (angle.unsqueeze(1) + offsets).remainder(6)
    share = torch.minimum(position, 4 - position).clamp(0, 1)
    return value.unsqueeze(1) - chroma.unsqueeze(1) * share
