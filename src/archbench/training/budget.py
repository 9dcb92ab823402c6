"""What a training costs in operations, and how much of a recipe a budget of them pays for.

Operations are those of matrix products and convolutions, a multiply-accumulate counts as two, and
the backward pass costs twice the forward one. Passes that do not train (validation, batch
statistics) are not counted.
"""

from math import ceil
from typing import NamedTuple

from archbench.networks.classifier import Classifier, gflops
from archbench.training.recipe import Recipe
from archbench.training.transforms import SMALL_SCALE, shrunk

LEAST = 1e-15
"""One operation: a network may be without products."""


class Cost(NamedTuple):
    """Operations, in 10¹⁵, to train on one image once."""

    whole: float
    small: float
    """On an image that progressive resizing has shrunk."""

    def of(self, images: int, small: float) -> float:
        """Of so many images, of which the fraction `small` is shrunk; 10¹⁵ operations."""
        return images * (small * self.small + (1 - small) * self.whole)


def cost(model: Classifier, recipe: Recipe, shape_hwc: tuple[int, int, int]) -> Cost:
    """Of a network that is trained by the recipe on images of this shape."""
    height, width, channels = shape_hwc
    passes = 1 if recipe.fine_tune == "linear_probe" else 3
    whole = passes * gflops(model, (channels, height, width)) / 1e6
    if not recipe.progressive_resizing:
        return Cost(whole, whole)
    small = gflops(model, (channels, shrunk(height, SMALL_SCALE), shrunk(width, SMALL_SCALE)))
    return Cost(whole, passes * small / 1e6)


def afford(recipe: Recipe, petaflop: float, cost: Cost, images: int) -> Recipe:
    """The recipe, cut to the epochs and images that the budget pays for.

    Distinct images come first: as few epochs over as many of the `images` as there are. The images
    of an epoch fill whole batches. A recipe's own epochs are never exceeded.
    """
    most = min(images, recipe.train_images or images)
    batch = min(recipe.batch_size, most)
    views = petaflop / max(cost.of(1, recipe.progressive_resizing), LEAST)
    epochs = min(recipe.epochs, ceil(views / most))
    batches = max(1, round(views / epochs / batch))
    changes = {"epochs": epochs, "train_images": min(most, batches * batch)}
    return recipe.model_copy(update=changes)


def spent(recipe: Recipe, cost: Cost, steps: int, epochs: int) -> float:
    """Operations of a run of so many updates an epoch that ended after `epochs`; 10¹⁵."""
    return cost.of(steps * recipe.batch_size * epochs, small_fraction(recipe, epochs))


def small_fraction(recipe: Recipe, epochs: int) -> float:
    """The share of small images among those of so many epochs: small ones come first."""
    return min(recipe.progressive_resizing * recipe.epochs / epochs, 1.0)
