"""Where pixels go: crop, flip, rotation, perspective, erasing, each image its own draw.

Every function takes images and one draw per image, and agrees with torchvision's functional
transform for the same draw. Crop and flip move whole pixels, so they take the bytes themselves,
(N, H, W, C), a quarter of what floats would move; the rest take float (N, C, H, W).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from archbench.training.recipe import Padding


def pad(images_nhwc: Tensor, padding: int, mode: Padding) -> Tensor:
    """Widen the images by `padding` pixels on each side, black or mirrored at the edge."""
    if mode == "zero":
        return F.pad(images_nhwc, [0, 0, *[padding] * 4])
    for dimension in (1, 2):
        last = images_nhwc.shape[dimension] - 1
        beyond = torch.arange(-padding, last + padding + 1, device=images_nhwc.device)
        mirrored = last - (last - beyond.abs()).abs()
        images_nhwc = images_nhwc.index_select(dimension, mirrored)
    return images_nhwc


def crop(images_nhwc: Tensor, top: Tensor, left: Tensor, padding: int, mode: Padding) -> Tensor:
    """Crop back to size from padded images; `top` and `left` are in [0, 2·padding]."""
    count, height, width, channels = images_nhwc.shape
    image = torch.arange(count, device=top.device)[:, None]
    rows = top[:, None] + torch.arange(height, device=top.device)
    columns = left[:, None] + torch.arange(width, device=left.device)
    bands = pad(images_nhwc, padding, mode)[image, rows]
    return bands.gather(2, columns[:, None, :, None].expand(-1, height, -1, channels))


def flip(images_nhwc: Tensor, flipped: Tensor) -> Tensor:
    """Mirror the images where `flipped` (N,) is true."""
    return torch.where(flipped[:, None, None, None], images_nhwc.flip(2), images_nhwc)


def rotation(degrees: Tensor) -> Tensor:
    """Homographies (N, 3, 3) from output to input pixels, about the image's centre."""
    angle = torch.deg2rad(degrees)
    cosine, sine, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    rows = [cosine, -sine, zero, sine, cosine, zero, zero, zero, zero + 1]
    return torch.stack(rows, 1).view(-1, 3, 3)


def perspective(corners: Tensor, height: int, width: int) -> Tensor:
    """Homographies (N, 3, 3) from output to input pixels, about the image's centre.

    `corners` (N, 4, 2) says where the corners (top left, top right, bottom right, bottom left)
    are moved to, as (x, y) in pixels; eight linear equations give each homography.
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
    """Resample bilinearly where `homography` (N, 3, 3) sends each output pixel; zero outside."""
    height, width = images.shape[2:]
    x = torch.arange(width, device=images.device) + 0.5 - width / 2
    y = torch.arange(height, device=images.device)[:, None] + 0.5 - height / 2
    # not a matrix product: its rounding would depend on the batch size
    to_x, to_y, to_scale = homography[:, :, :, None, None].unbind(1)
    scale = to_scale[:, 0] * x + to_scale[:, 1] * y + to_scale[:, 2]
    moved_x = (to_x[:, 0] * x + to_x[:, 1] * y + to_x[:, 2]) / scale * (2 / width)
    moved_y = (to_y[:, 0] * x + to_y[:, 1] * y + to_y[:, 2]) / scale * (2 / height)
    return F.grid_sample(images, torch.stack([moved_x, moved_y], 3), align_corners=False)


def shrink(images: Tensor, scale: float) -> Tensor:
    """Resample to `scale` of the side, in (0, 1], each pixel a weighted mean of what it covers."""
    sides = [round(scale * side) for side in images.shape[2:]]
    smaller = F.interpolate(images, sides, mode="bilinear", antialias=True)
    return smaller.contiguous(memory_format=torch.channels_last)


def erase(images: Tensor, rectangles: Tensor, fill: Tensor) -> Tensor:
    """Replace a rectangle (N, 4) of top, left, height and width by `fill` (Zhong et al. 2020)."""
    top, left, tall, wide = rectangles[:, :, None].unbind(1)
    rows = torch.arange(images.shape[2], device=images.device)
    columns = torch.arange(images.shape[3], device=images.device)
    inside_rows = (rows >= top) & (rows < top + tall)
    inside_columns = (columns >= left) & (columns < left + wide)
    inside = inside_rows[:, None, :, None] & inside_columns[:, None, None, :]
    return torch.where(inside, fill, images)
