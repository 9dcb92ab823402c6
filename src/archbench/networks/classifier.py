"""A network behind the normalisation that it was trained with."""

import importlib
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from archbench.base.records import DatasetRecord, RunRecord
from archbench.networks.backend import Backend

SHOWN = 1000
"""Training images that a network may prepare itself on."""


@runtime_checkable
class Prepared(Protocol):
    """A network whose first weights follow from training images (N, C, H, W), normalised."""

    def prepare(self, images: Tensor) -> None: ...


class Classifier(nn.Module):
    """Images in [0, 1], float (N, C, H, W) → logits (N, classes).

    The training images' mean and standard deviation are buffers, so the weights file alone
    says how to feed the network.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, network: nn.Module, channels: int) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.zeros(1, channels, 1, 1))
        self.register_buffer("std", torch.ones(1, channels, 1, 1))

    def measure(self, images_nhwc: Tensor) -> None:
        """Take mean and standard deviation of each channel from uint8 images, exactly.

        A network that prepares itself on training images is then shown some of them.
        """
        levels = torch.arange(256, dtype=torch.float64) / 255
        for channel in range(images_nhwc.shape[-1]):
            values = images_nhwc[..., channel].flatten().cpu()
            share = torch.bincount(values, minlength=256).double() / len(values)
            mean = (share * levels).sum()
            self.mean[0, channel] = mean
            self.std[0, channel] = (share * (levels - mean) ** 2).sum().sqrt()
        if isinstance(self.network, Prepared):
            self.network.prepare(self.normalise(to_float(spread(images_nhwc, SHOWN).cpu())))

    def normalise(self, images: Tensor) -> Tensor:
        return (images - self.mean) / self.std

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.network(self.normalise(images))
        return logits


def build(
    architecture: str, classes: int, shape: tuple[int, int, int], options: dict[str, Any]
) -> Classifier:
    """The architecture's `build` behind a normalisation; `shape` is (height, width, channels)."""
    height, width, channels = shape
    module = importlib.import_module(f"archbench.models.{architecture}")
    network = module.build(classes, channels, (height, width), **options)
    classifier = Classifier(network, channels)
    return classifier.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def rebuild(run: RunRecord, dataset: DatasetRecord) -> Classifier:
    """The model that a run trained, its weights yet to be loaded."""
    options = run.hyperparameters["options"]
    return build(run.architecture, len(dataset.classes), dataset.image_shape, options)


def spread(images: Tensor, most: int) -> Tensor:
    """At most so many of them, evenly spaced: a folder's are sorted by class."""
    return images[:: -(-len(images) // most)]


def to_float(images_nhwc: Tensor) -> Tensor:
    """uint8 (N, H, W, C) → float (N, C, H, W) in [0, 1], channels last in memory."""
    return images_nhwc.permute(0, 3, 1, 2).float().div_(255)


@torch.inference_mode()
def predict(
    classifier: nn.Module,
    images_nhwc: Tensor,
    backend: Backend,
    *,
    flip: bool = False,
    batch: int = 500,
) -> Tensor:
    """uint8 images → float32 logits, in evaluation mode; the mode is left as it was found.

    `flip` averages the logits of each image and of its mirror image.
    """
    training = classifier.training
    classifier.eval()
    logits = []
    for chunk in images_nhwc.split(batch):
        images = to_float(chunk.to(backend.device))
        with backend.autocast():
            seen = classifier(images).float()
            logits.append((seen + classifier(images.flip(3)).float()) / 2 if flip else seen)
    classifier.train(training)
    return torch.cat(logits)
