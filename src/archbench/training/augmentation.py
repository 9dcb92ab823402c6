"""Augmentation: each image's random draws, how they are applied, and Mixup and CutMix.

An epoch's draws are made at once and applied batch by batch. They follow from (seed, epoch, image
index), so neither the batch size nor a resumed run changes them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from archbench.networks.classifier import to_float
from archbench.networks.vision import timm
from archbench.training import transforms
from archbench.training.random import Stream, generator
from archbench.training.recipe import Augmentation, Recipe

ERASE_AREA = (0.02, 0.33)
"""Range of a rectangle's area, as a fraction of the image's (Zhong et al. 2020)."""
ERASE_ASPECT = (0.3, 3.3)
"""Range of its height over its width."""
CORNER_SHIFT = 0.25
"""A corner's largest shift, as a fraction of the side: torchvision's distortion scale of 0.5."""

Mixer = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    """One epoch's random numbers, a row for each training image."""

    offset: Tensor  # (N, 2) int64: top and left of the crop in the padded image
    flip: Tensor  # (N,) bool
    homography: Tensor  # (N, 3, 3): rotation and perspective, from output to input pixels
    factors: Tensor  # (N, 3): of brightness, contrast and saturation
    hue_shift: Tensor  # (N,): in [-0.5, 0.5] of the colour circle
    rectangle: Tensor  # (N, 4) int64: top, left, height, width to erase; all 0 for none

    def __getitem__(self, index: Tensor) -> "Draws":
        return Draws(**{name: getattr(self, name)[index] for name in self.__slots__})

    def to(self, device: torch.device) -> "Draws":
        return Draws(**{name: getattr(self, name).to(device) for name in self.__slots__})


def draw(count: int, size: tuple[int, int], settings: Augmentation, seed: int, epoch: int) -> Draws:
    """The draws for `count` images of `size` (height, width) in one epoch.

    Each step of the augmentation has its own random numbers: turning one step on or off leaves
    those of the others.
    """
    uniform = torch.rand(count, 22, generator=generator(seed, epoch, Stream.AUGMENTATION))
    crop, flip, angle, corners, factors, hue, erase = uniform.split([2, 1, 1, 9, 3, 1, 5], 1)
    return Draws(
        offset=(crop * (2 * settings.crop + 1)).long(),
        flip=_flip(flip, settings, seed, epoch),
        homography=_homography(angle[:, 0], corners, settings, size),
        factors=1 + (2 * factors - 1) * settings.jitter,
        hue_shift=(2 * hue[:, 0] - 1) * settings.hue,
        rectangle=_rectangle(erase, settings.erase, size),
    )


def _flip(uniform: Tensor, settings: Augmentation, seed: int, epoch: int) -> Tensor:
    """(N, 1) → (N,) bool. Alternating: half the images, and the other half in the next epoch."""
    if settings.flip != "alternating":
        return uniform[:, 0] < settings.flip
    half = torch.rand(len(uniform), generator=generator(seed, 0, Stream.PARITY)) < 0.5
    return half ^ bool(epoch % 2)


def _homography(
    angle: Tensor, corners: Tensor, settings: Augmentation, size: tuple[int, int]
) -> Tensor:
    """(N,), (N, 9) → (N, 3, 3): the rotation after the perspective; one shared identity if off."""
    if not (settings.rotation or settings.perspective):
        return torch.eye(3).expand(len(angle), 3, 3)
    rotation = transforms.rotation((2 * angle - 1) * settings.rotation)
    return rotation @ _perspective(corners, settings.perspective, size)


def _perspective(uniform: Tensor, probability: float, size: tuple[int, int]) -> Tensor:
    """(N, 9) → (N, 3, 3): with `probability` every corner moves inwards by a draw of its own."""
    chosen = uniform[:, 0] < probability
    shift = uniform[:, 1:].view(-1, 4, 2) * chosen[:, None, None] * CORNER_SHIFT
    extent = shift.new_tensor([size[1], size[0]])
    corner = shift.new_tensor([[0, 0], [1, 0], [1, 1], [0, 1]])
    inward = shift.new_tensor([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    return transforms.perspective(corner * (extent - 1) + inward * shift * extent, *size)


def _rectangle(uniform: Tensor, probability: float, size: tuple[int, int]) -> Tensor:
    """(N, 5) → (N, 4): uniform area and place, log-uniform aspect, sides at most the image's."""
    chosen, area, aspect, top, left = uniform.unbind(1)
    area = size[0] * size[1] * (ERASE_AREA[0] + area * (ERASE_AREA[1] - ERASE_AREA[0]))
    low, high = math.log(ERASE_ASPECT[0]), math.log(ERASE_ASPECT[1])
    ratio = torch.exp(low + aspect * (high - low))
    height = (area * ratio).sqrt().round().clamp(1, size[0])
    width = (area / ratio).sqrt().round().clamp(1, size[1])
    rectangle = [top * (size[0] - height + 1), left * (size[1] - width + 1), height, width]
    return torch.stack(rectangle, 1).long() * (chosen < probability)[:, None]


def augment(images_nhwc: Tensor, draws: Draws, settings: Augmentation, fill: Tensor) -> Tensor:
    """uint8 (N, H, W, C) → float (N, C, H, W) in [0, 1], channels last in memory.

    `draws` are those of these images. `fill` (1, C, 1, 1) is the colour of what is erased.
    """
    if settings.crop:
        top, left = draws.offset.unbind(1)
        images_nhwc = transforms.crop(images_nhwc, top, left, settings.crop, settings.padding)
    if settings.flip:
        images_nhwc = transforms.flip(images_nhwc, draws.flip)
    images = to_float(images_nhwc)
    if settings.rotation or settings.perspective or settings.jitter or settings.hue:
        images = (
            images.contiguous()
        )  # warping and colour are twice as fast on one plane per channel
    if settings.rotation or settings.perspective:
        images = transforms.warp(images, draws.homography)
    if settings.jitter:
        images = transforms.brightness(images, draws.factors[:, 0])
        images = transforms.contrast(images, draws.factors[:, 1])
        images = transforms.saturation(images, draws.factors[:, 2])
    if settings.hue:
        images = transforms.hue(images, draws.hue_shift)
    if settings.erase:
        images = transforms.erase(images, draws.rectangle, fill)
    return images.contiguous(memory_format=torch.channels_last)


def make_mixer(recipe: Recipe, classes: int) -> Mixer:
    """The function from (images, labels (N,)) to (images, targets (N, classes)), by timm.

    It is Mixup (Zhang et al. 2018), CutMix (Yun et al. 2019), a random choice of both, or neither,
    with label smoothing. It may write to the images. Its random numbers are those of numpy's global
    generator, which the loop seeds for each epoch.
    """
    if recipe.mixes:
        mixup: Mixer = timm.data.Mixup(
            mixup_alpha=recipe.mixup_alpha,
            cutmix_alpha=recipe.cutmix_alpha,
            prob=recipe.mix_probability,
            label_smoothing=recipe.label_smoothing,
            num_classes=classes,
        )
        return mixup

    def smooth(images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        target = timm.data.mixup.mixup_target(labels, classes, 1.0, recipe.label_smoothing)
        return images, target

    return smooth
