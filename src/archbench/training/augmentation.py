"""Each image its own draw: all of an epoch's draws at once, applied batch by batch.

The draws belong to (seed, epoch, index), so neither the batch size nor a resumed run changes
what happens to an image.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from archbench.networks.classifier import to_float
from archbench.training import colour, geometry
from archbench.training.random import Stream, generator
from archbench.training.recipe import Augmentation

ERASED_AREA = (0.02, 0.33)
ERASED_ASPECT = (0.3, 3.3)
CORNER_SHIFT = 0.25
"""Of the image's side: torchvision's distortion scale 0.5 moves a corner up to half of a half."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    """What happens to each image, one row per image of the training set."""

    offset: Tensor  # (N, 2) int64: top and left of the crop in the padded image
    flipped: Tensor  # (N,) bool
    homography: Tensor  # (N, 3, 3): rotation and perspective, from output to input pixels
    factors: Tensor  # (N, 3): of brightness, contrast and saturation
    turn: Tensor  # (N,): of the hue, as a fraction of the circle
    erased: Tensor  # (N, 4) int64: top, left, height, width; no height where nothing is erased

    def __getitem__(self, index: Tensor) -> "Draws":
        return Draws(**{name: getattr(self, name)[index] for name in self.__slots__})

    def to(self, device: torch.device) -> "Draws":
        return Draws(**{name: getattr(self, name).to(device) for name in self.__slots__})


def draw(images: int, size: tuple[int, int], how: Augmentation, seed: int, epoch: int) -> Draws:
    """One epoch's draws; turning one step of `how` on or off leaves the other steps' draws."""
    uniform = torch.rand(images, 22, generator=generator(seed, epoch, Stream.AUGMENTATION))
    crop, flip, angle, corners, factors, turn, erase = uniform.split([2, 1, 1, 9, 3, 1, 5], 1)
    flip = flip[:, 0]
    return Draws(
        offset=(crop * (2 * how.crop + 1)).long(),
        flipped=_alternating(images, seed, epoch) if how.flip == "alternating" else flip < how.flip,
        homography=_homography(angle[:, 0], corners, how, size),
        factors=1 + (2 * factors - 1) * how.jitter,
        turn=(2 * turn[:, 0] - 1) * how.hue,
        erased=_rectangle(erase, how.erase, size),
    )


def _alternating(images: int, seed: int, epoch: int) -> Tensor:
    """(N,) bool: half the images, and the other half in the next epoch."""
    half = torch.rand(images, generator=generator(seed, 0, Stream.PARITY)) < 0.5
    return half ^ bool(epoch % 2)


def _homography(angle: Tensor, corners: Tensor, how: Augmentation, size: tuple[int, int]) -> Tensor:
    """(N,), (N, 9) → (N, 3, 3), or no more than a view of one identity where nothing is warped."""
    if not (how.rotation or how.perspective):
        return torch.eye(3).expand(len(angle), 3, 3)
    rotation = geometry.rotation((2 * angle - 1) * how.rotation)
    return rotation @ _perspective(corners, how.perspective, size)


def _perspective(uniform: Tensor, probability: float, size: tuple[int, int]) -> Tensor:
    """(N, 9) → (N, 3, 3): the identity, or every corner moved inwards by its own amount."""
    moved = uniform[:, 0] < probability
    shift = uniform[:, 1:].view(-1, 4, 2) * moved[:, None, None] * CORNER_SHIFT
    extent = shift.new_tensor([size[1], size[0]])
    corner = shift.new_tensor([[0, 0], [1, 0], [1, 1], [0, 1]])
    inward = shift.new_tensor([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    return geometry.perspective(corner * (extent - 1) + inward * shift * extent, *size)


def _rectangle(uniform: Tensor, probability: float, size: tuple[int, int]) -> Tensor:
    """(N, 5) → (N, 4): uniform area, log-uniform aspect, clipped to fit, anywhere inside."""
    chosen, area, aspect, top, left = uniform.unbind(1)
    area = size[0] * size[1] * (ERASED_AREA[0] + area * (ERASED_AREA[1] - ERASED_AREA[0]))
    low, high = math.log(ERASED_ASPECT[0]), math.log(ERASED_ASPECT[1])
    ratio = torch.exp(low + aspect * (high - low))
    height = (area * ratio).sqrt().round().clamp(1, size[0])
    width = (area / ratio).sqrt().round().clamp(1, size[1])
    rectangle = [top * (size[0] - height + 1), left * (size[1] - width + 1), height, width]
    return torch.stack(rectangle, 1).long() * (chosen < probability)[:, None]


def augment(images_nhwc: Tensor, draws: Draws, how: Augmentation, fill: Tensor) -> Tensor:
    """uint8 (N, H, W, C) → float (N, C, H, W) in [0, 1], channels last in memory.

    `fill` (1, C, 1, 1) is what erasing leaves.
    """
    if how.crop:
        top, left = draws.offset.unbind(1)
        images_nhwc = geometry.crop(images_nhwc, top, left, how.crop, how.padding)
    if how.flip:
        images_nhwc = geometry.flip(images_nhwc, draws.flipped)
    images = to_float(images_nhwc)
    if how.rotation or how.perspective or how.jitter or how.hue:
        images = images.contiguous()  # a plane per colour is twice as fast to warp and to colour
    if how.rotation or how.perspective:
        images = geometry.warp(images, draws.homography)
    if how.jitter:
        images = colour.brightness(images, draws.factors[:, 0])
        images = colour.contrast(images, draws.factors[:, 1])
        images = colour.saturation(images, draws.factors[:, 2])
    if how.hue:
        images = colour.hue(images, draws.turn)
    if how.erase:
        images = geometry.erase(images, draws.erased, fill)
    return images.contiguous(memory_format=torch.channels_last)
