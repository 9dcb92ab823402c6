"""Mixup (Zhang et al. 2018), CutMix (Yun et al. 2019) and label smoothing, by timm."""

from collections.abc import Callable

from torch import Tensor

from archbench.networks.vision import timm
from archbench.training.recipe import Recipe

Mixer = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def make_mixer(recipe: Recipe, classes: int) -> Mixer:
    """(images, labels (N,)) → (images, targets (N, classes)); the images may be written to.

    Mixup draws from numpy's global generator, which the loop seeds for each epoch.
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
