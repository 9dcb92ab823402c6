"""A network together with the normalisation of its images; how to build it and to predict."""

import importlib
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from archbench.base.records import DatasetRecord, RunRecord
from archbench.networks.backend import Backend
from archbench.networks.images import Images

PREPARATION_IMAGES, PREPARATION_PIXELS = 1000, 2**20
"""Training images, and pixels of them, that `prepare` receives at most."""
CHUNK, CHUNK_PIXELS = 500, 2**19
"""Images, and pixels of them, that pass through a network at once in evaluation mode at most."""


@runtime_checkable
class DataInitialised(Protocol):
    """A network whose first weights follow from training images."""

    def prepare(self, images: Tensor) -> None:
        """`images` are normalised, float (N, C, H, W)."""


class Classifier(nn.Module):
    """Images in [0, 1], float (N, C, H, W) → logits (N, classes).

    The mean and standard deviation of the training images are buffers, so that a file of weights
    holds them too.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, network: nn.Module, channels: int) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.zeros(1, channels, 1, 1))
        self.register_buffer("std", torch.ones(1, channels, 1, 1))

    def measure(self, images_nhwc: Images) -> None:
        """Set each channel's mean and standard deviation to those of these uint8 images, exactly.

        A network with a method `prepare` then receives some of the images.
        """
        levels = torch.arange(256, dtype=torch.float64) / 255
        for channel, counts in enumerate(histograms(images_nhwc)):
            frequency = counts.double() / counts.sum()
            mean = (frequency * levels).sum()
            self.mean[0, channel] = mean
            self.std[0, channel] = (frequency * (levels - mean) ** 2).sum().sqrt()
        if isinstance(self.network, DataInitialised):
            _, height, width, _ = images_nhwc.shape
            limit = min(PREPARATION_IMAGES, max(1, PREPARATION_PIXELS // (height * width)))
            images = images_nhwc[subsample(len(images_nhwc), limit)].cpu()
            self.network.prepare(self.normalise(to_float(images)))

    def normalise(self, images: Tensor) -> Tensor:
        """Images in [0, 1] → mean 0 and standard deviation 1 over the training images."""
        return (images - self.mean) / self.std

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.network(self.normalise(images))
        return logits


def build(
    architecture: str, classes: int, shape: tuple[int, int, int], options: dict[str, Any]
) -> Classifier:
    """The network of the architecture's `build`, with the identity as its normalisation.

    `shape` is (height, width, channels); `options` are keyword arguments of `build`.
    """
    height, width, channels = shape
    module = importlib.import_module(f"archbench.models.{architecture}")
    network = module.build(classes, channels, (height, width), **options)
    classifier = Classifier(network, channels)
    return classifier.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def rebuild(run: RunRecord, dataset: DatasetRecord) -> Classifier:
    """The model of a run, before its weights are loaded."""
    options = run.hyperparameters["options"]
    return build(run.architecture, len(dataset.classes), dataset.image_shape, options)


def gflops(model: nn.Module, shape_chw: tuple[int, int, int]) -> float:
    """Of one image's forward pass, 10⁹ operations: a multiply-accumulate counts as two."""
    device = next(model.parameters()).device
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model.eval()(torch.zeros(1, *shape_chw, device=device))
    return float(counter.get_total_flops() / 1e9)


def histograms(images_nhwc: Images) -> Tensor:
    """How often each channel has each level: int64 (C, 256)."""
    _, height, width, channels = images_nhwc.shape
    counts = torch.zeros(channels, 256, dtype=torch.int64)
    chunk = at_once(height, width)
    for first in range(0, len(images_nhwc), chunk):
        planes = images_nhwc[first : first + chunk].cpu().flatten(0, 2).unbind(1)
        counts += torch.stack([torch.bincount(plane, minlength=256) for plane in planes])
    return counts


def subsample(count: int, limit: int) -> slice:
    """At most `limit` of so many images, evenly spaced, since they may be sorted by class."""
    return slice(0, count, -(-count // limit))


def to_float(images_nhwc: Tensor) -> Tensor:
    """uint8 (N, H, W, C) → float (N, C, H, W) in [0, 1], channels last in memory."""
    return images_nhwc.permute(0, 3, 1, 2).float().div_(255)


def at_once(height: int, width: int) -> int:
    """How many images of such a size pass through a network at once: their number decides bits.

    500 of up to 32 × 32 pixels; of larger ones fewer, which take as much memory.
    """
    return max(1, min(CHUNK, CHUNK_PIXELS // (height * width)))


@torch.inference_mode()
def predict(
    classifier: nn.Module,
    images_nhwc: Images,
    backend: Backend,
    *,
    flip: bool = False,
    batch: int | None = None,
) -> Tensor:
    """uint8 images (N, H, W, C) → float32 logits (N, classes) in evaluation mode.

    `flip` averages the logits of each image and of its mirror image. `batch` is `at_once` where it
    is None. The classifier's mode is restored afterwards.
    """
    batch = batch or at_once(*images_nhwc.shape[1:3])
    training = classifier.training
    classifier.eval()
    logits = []
    for first in range(0, len(images_nhwc), batch):
        images = to_float(images_nhwc[first : first + batch].to(backend.device))
        with backend.autocast():
            output = classifier(images).float()
            logits.append((output + classifier(images.flip(3)).float()) / 2 if flip else output)
    classifier.train(training)
    return torch.cat(logits)
