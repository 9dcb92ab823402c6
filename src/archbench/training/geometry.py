"""Where pixels go: crop, flip, rotation, perspective, erasing, each image its own draw.

Every function takes images (N, C, H, W) and one draw per image, and agrees with torchvision's
functional transform for the same draw.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def crop(images: Tensor, top: Tensor, left: Tensor, padding: int) -> Tensor:
    """Crop back to size from images padded with zeros; `top` and `left` are in [0, 2·padding]."""
    height, width = images.shape[2:]
    padded = F.pad(images, [padding] * 4).permute(0, 2, 3, 1)
    rows = (top[:, None] + torch.arange(height, device=top.device))[:, :, None]
    columns = (left[:, None] + torch.arange(width, device=left.device))[:, None, :]
    image = torch.arange(len(images), device=top.device)[:, None, None]
    return padded[image, rows, columns].permute(0, 3, 1, 2)


def flip(images: Tensor, flipped: Tensor) -> Tensor:
    """Mirror the images where `flipped` (N,) is true."""
    return torch.where(flipped[:, None, None, None], images.flip(3), images)


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


def erase(images: Tensor, rectangles: Tensor, fill: Tensor) -> Tensor:
    """Replace a rectangle (N, 4) of top, left, height and width by `fill` (Zhong et al. 2020)."""
    top, left, tall, wide = rectangles[:, :, None].unbind(1)
    rows = torch.arange(images.shape[2], device=images.device)
    columns = torch.arange(images.shape[3], device=images.device)
    inside_rows = (rows >= top) & (rows < top + tall)
    inside_columns = (columns >= left) & (columns < left + wide)
    inside = inside_rows[:, None, :, None] & inside_columns[:, None, None, :]
    return torch.where(inside, fill, images)
