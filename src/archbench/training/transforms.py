"""Transforms of a batch in which each image has its own draw: geometry first, then colour.

Every function takes images and one draw per image, (N, …), and agrees with torchvision's
functional transform for the same draw. Crop and flip move whole pixels, so they take uint8
(N, H, W, C), a quarter of the bytes of floats; the others take float (N, C, H, W) in [0, 1].
Grey images (C = 1) have neither saturation nor hue, and come back as they are.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from archbench.training.recipe import Padding

SMALL_SCALE = 0.75
"""Progressive resizing begins with images of this fraction of the side."""

_LUMA = (0.2989, 0.587, 0.114)
"""Weights of red, green and blue in a pixel's brightness (ITU-R BT.601)."""


def pad(images_nhwc: Tensor, padding: int, mode: Padding) -> Tensor:
    """Add `padding` pixels to each side: black, or the image mirrored at its edge."""
    if mode == "zero":
        return F.pad(images_nhwc, [0, 0, *[padding] * 4])
    for dimension in (1, 2):
        last = images_nhwc.shape[dimension] - 1
        beyond = torch.arange(-padding, last + padding + 1, device=images_nhwc.device)
        mirrored = last - (last - beyond.abs()).abs()
        images_nhwc = images_nhwc.index_select(dimension, mirrored)
    return images_nhwc


def crop(images_nhwc: Tensor, top: Tensor, left: Tensor, padding: int, mode: Padding) -> Tensor:
    """Pad, then crop back to size at `top` and `left` (N,), int64 in [0, 2·padding]."""
    count, height, width, channels = images_nhwc.shape
    image = torch.arange(count, device=top.device)[:, None]
    rows = top[:, None] + torch.arange(height, device=top.device)
    columns = left[:, None] + torch.arange(width, device=left.device)
    bands = pad(images_nhwc, padding, mode)[image, rows]
    return bands.gather(2, columns[:, None, :, None].expand(-1, height, -1, channels))


def flip(images_nhwc: Tensor, mask: Tensor) -> Tensor:
    """Mirror the images for which `mask` (N,), bool, is true."""
    return torch.where(mask[:, None, None, None], images_nhwc.flip(2), images_nhwc)


def rotation(degrees: Tensor) -> Tensor:
    """Degrees (N,) → homographies (N, 3, 3) from output to input pixels, about the centre."""
    angle = torch.deg2rad(degrees)
    cosine, sine, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    rows = [cosine, -sine, zero, sine, cosine, zero, zero, zero, zero + 1]
    return torch.stack(rows, 1).view(-1, 3, 3)


def perspective(corners: Tensor, height: int, width: int) -> Tensor:
    """Corners (N, 4, 2) → homographies (N, 3, 3) from output to input pixels, about the centre.

    `corners` are the places in the output, (x, y) in pixels, of the input's top left, top right,
    bottom right and bottom left corners. Eight linear equations give each homography.
    """
    start = torch.tensor(
        [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]],
        dtype=corners.dtype,
        device=corners.device,
    )
    centre = torch.tensor([width / 2, height / 2], dtype=corners.dtype, device=corners.device)
    source, target = (start - centre).expand_as(corners), corners - centre
    x, y = target.unbind(2)
    one, zero = torch.ones_like(x), torch.zeros_like(x)
    u, v = source.unbind(2)
    for_u = torch.stack([x, y, one, zero, zero, zero, -u * x, -u * y], 2)
    for_v = torch.stack([zero, zero, zero, x, y, one, -v * x, -v * y], 2)
    solved = torch.linalg.solve(torch.cat([for_u, for_v], 1), torch.cat([u, v], 1))
    return torch.cat([solved, torch.ones_like(solved[:, :1])], 1).view(-1, 3, 3)


def warp(images: Tensor, homography: Tensor) -> Tensor:
    """Sample bilinearly at the place to which `homography` (N, 3, 3) maps each output pixel.

    Places outside the image are black.
    """
    height, width = images.shape[2:]
    x = torch.arange(width, device=images.device) + 0.5 - width / 2
    y = torch.arange(height, device=images.device)[:, None] + 0.5 - height / 2
    # not a matrix product: its rounding would depend on the batch size
    to_x, to_y, to_scale = homography[:, :, :, None, None].unbind(1)
    scale = to_scale[:, 0] * x + to_scale[:, 1] * y + to_scale[:, 2]
    moved_x = (to_x[:, 0] * x + to_x[:, 1] * y + to_x[:, 2]) / scale * (2 / width)
    moved_y = (to_y[:, 0] * x + to_y[:, 1] * y + to_y[:, 2]) / scale * (2 / height)
    return F.grid_sample(images, torch.stack([moved_x, moved_y], 3), align_corners=False)


def shrunk(side: int, scale: float) -> int:
    """A side of a shrunk image, in pixels."""
    return round(scale * side)


def shrink(images: Tensor, scale: float) -> Tensor:
    """Resize bilinearly, with antialiasing, to `scale` in (0, 1] of height and width."""
    sides = [shrunk(side, scale) for side in images.shape[2:]]
    smaller = F.interpolate(images, sides, mode="bilinear", antialias=True)
    return smaller.contiguous(memory_format=torch.channels_last)


def erase(images: Tensor, rectangles: Tensor, fill: Tensor) -> Tensor:
    """Random erasing (Zhong et al. 2020): put `fill` (1, C, 1, 1) into each image's rectangle.

    `rectangles` (N, 4) are int64 top, left, height and width, in pixels.
    """
    top, left, tall, wide = rectangles[:, :, None].unbind(1)
    rows = torch.arange(images.shape[2], device=images.device)
    columns = torch.arange(images.shape[3], device=images.device)
    inside_rows = (rows >= top) & (rows < top + tall)
    inside_columns = (columns >= left) & (columns < left + wide)
    inside = inside_rows[:, None, :, None] & inside_columns[:, None, None, :]
    return torch.where(inside, fill, images)


def grey(images: Tensor) -> Tensor:
    """(N, C, H, W) → (N, 1, H, W), the brightness of each pixel."""
    if images.shape[1] == 1:
        return images
    red, green, blue = images.unbind(1)
    return (_LUMA[0] * red + _LUMA[1] * green + _LUMA[2] * blue).unsqueeze(1)


def blend(images: Tensor, other: Tensor, factor: Tensor) -> Tensor:
    """`factor` · images + (1 − `factor`) · other, clamped to [0, 1]; `factor` is (N,)."""
    return torch.lerp(other, images, factor[:, None, None, None]).clamp_(0, 1)


def brightness(images: Tensor, factor: Tensor) -> Tensor:
    """Blend with black; `factor` (N,) is at least 0, and 1 changes nothing."""
    return blend(images, torch.zeros_like(images[:, :1]), factor)


def contrast(images: Tensor, factor: Tensor) -> Tensor:
    """Blend with the image's mean brightness; `factor` (N,) is at least 0."""
    return blend(images, grey(images).mean((1, 2, 3), keepdim=True), factor)


def saturation(images: Tensor, factor: Tensor) -> Tensor:
    """Blend with the grey image; `factor` (N,) is at least 0."""
    return images if images.shape[1] == 1 else blend(images, grey(images), factor)


def hue(images: Tensor, shift: Tensor) -> Tensor:
    """Shift the hue in HSV space by `shift` (N,), in [-0.5, 0.5] of the colour circle."""
    if images.shape[1] == 1:
        return images
    red, green, blue = images.unbind(1)
    value = torch.maximum(torch.maximum(red, green), blue)
    chroma = value - torch.minimum(torch.minimum(red, green), blue)
    from_green_or_blue = torch.where(green == value, blue - red, red - green + 2 * chroma)
    sector = torch.where(red == value, green - blue, from_green_or_blue + 2 * chroma)
    angle = sector / (6 * torch.where(chroma > 0, chroma, 1)) + shift[:, None, None]
    distance = angle[:, None] + torch.arange(3, -2, -2, device=images.device)[:, None, None] / 6
    fraction = (2 - 6 * (distance - distance.round()).abs()).clamp_(0, 1)
    return value[:, None] - chroma[:, None] * fraction
