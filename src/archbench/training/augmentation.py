"""Each image its own draw: all of an epoch's draws at once, applied batch by batch.

The draws belong to (seed, epoch, index), so neither the batch size nor a resumed run changes
what happens to an image.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from archbench.training import colour, geometry
from archbench.training.recipe import Augmentation

ERASED_AREA = (0.02, 0.33)
ERASED_ASPECT = (0.3, 3.3)
CORNER_SHIFT = 0.25
"""Of the image's side: torchvision's distortion scale 0.5 moves a corner up to half of a half."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    """Uniform numbers in [0, 1), one row per image of the training set."""

    crop: Tensor  # (N, 2): top, left
    flip: Tensor  # (N,)
    rotation: Tensor  # (N,)
    perspective: Tensor  # (N, 9): whether, then four corners' x and y
    colour: Tensor  # (N, 4): brightness, contrast, saturation, hue
    erase: Tensor  # (N, 5): whether, area, aspect, top, left

    def __getitem__(self, index: Tensor) -> "Draws":
        return Draws(**{name: getattr(self, name)[index] for name in self.__slots__})

    def to(self, device: torch.device) -> "Draws":
        return Draws(**{name: getattr(self, name).to(device) for name in self.__slots__})


def draw(images: int, generator: torch.Generator) -> Draws:
    """Everything that one epoch's augmentation of `images` images could need."""
    uniform = torch.rand(images, 22, generator=generator)
    crop, flip, rotation, perspective, colours, erase = uniform.split([2, 1, 1, 9, 4, 5], 1)
    return Draws(
        crop=crop,
        flip=flip.squeeze(1),
        rotation=rotation.squeeze(1),
        perspective=perspective,
        colour=colours,
        erase=erase,
    )


def augment(images: Tensor, draws: Draws, how: Augmentation, fill: Tensor) -> Tensor:
    """Images (N, C, H, W) in [0, 1] → the same. `fill` (1, C, 1, 1) is what erasing leaves."""
    if how.crop:
        top, left = (draws.crop * (2 * how.crop + 1)).long().unbind(1)
        images = geometry.crop(images, top, left, how.crop)
    if how.flip:
        images = geometry.flip(images, draws.flip < how.flip)
    if how.rotation or how.perspective:
        images = geometry.warp(images, homography(draws, how, *images.shape[2:]))
    if how.jitter:
        factors = 1 + (2 * draws.colour[:, :3] - 1) * how.jitter
        images = colour.brightness(images, factors[:, 0])
        images = colour.contrast(images, factors[:, 1])
        images = colour.saturation(images, factors[:, 2])
    if how.hue:
        images = colour.hue(images, (2 * draws.colour[:, 3] - 1) * how.hue)
    if how.erase:
        images = torch.where(erased(draws.erase, how.erase, *images.shape[2:]), fill, images)
    return images


def homography(draws: Draws, how: Augmentation, height: int, width: int) -> Tensor:
    """Rotation first, then perspective: one (N, 3, 3) map, so the pixels are resampled once."""
    turned = geometry.rotation((2 * draws.rotation - 1) * how.rotation)
    moved = draws.perspective[:, 0] < how.perspective
    shift = draws.perspective[:, 1:].view(-1, 4, 2) * moved[:, None, None] * CORNER_SHIFT
    size = shift.new_tensor([width, height])
    corner = shift.new_tensor([[0, 0], [1, 0], [1, 1], [0, 1]])
    inward = shift.new_tensor([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    corners = corner * (size - 1) + inward * shift * size
    return turned @ geometry.perspective(corners, height, width)


def erased(draws: Tensor, probability: float, height: int, width: int) -> Tensor:
    """Mask (N, 1, H, W) of one rectangle per chosen image; log-uniform aspect, clipped to fit."""
    chosen, area, aspect, top, left = (column[:, None] for column in draws.unbind(1))
    area = height * width * (ERASED_AREA[0] + area * (ERASED_AREA[1] - ERASED_AREA[0]))
    low, high = math.log(ERASED_ASPECT[0]), math.log(ERASED_ASPECT[1])
    ratio = torch.exp(low + aspect * (high - low))
    tall = (area * ratio).sqrt().round().clamp(1, height)
    wide = (area / ratio).sqrt().round().clamp(1, width)
    inside_rows = _inside(top, tall, height) & (chosen < probability)
    return inside_rows[:, None, :, None] & _inside(left, wide, width)[:, None, None, :]


def _inside(start: Tensor, length: Tensor, size: int) -> Tensor:
    """(N, size): the positions within `length` of a start drawn so that all of it fits."""
    first = (start * (size - length + 1)).floor()
    position = torch.arange(size, device=start.device)
    return (position >= first) & (position < first + length)
