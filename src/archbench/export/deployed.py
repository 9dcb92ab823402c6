"""A network as it is exported: a picture's bytes in, calibrated probabilities out."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from archbench.base.predictions import Array
from archbench.networks.classifier import Classifier, at_once, to_float


class Deployed(nn.Module):
    """uint8 images (N, H, W, C) → float32 probabilities (N, classes), whose logits are divided by
    the temperature (Guo et al. 2017)."""

    def __init__(self, classifier: Classifier, temperature: float) -> None:
        super().__init__()
        self.classifier = classifier
        self.temperature = temperature

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.classifier(to_float(images))
        return (logits / self.temperature).softmax(1)


def deploy(classifier: Classifier, temperature: float) -> Deployed:
    """In evaluation mode, on the CPU, in float32: what every exported file is made of."""
    return Deployed(classifier, temperature).cpu().float().eval()


@torch.inference_mode()
def predict(deployed: nn.Module, images_nhwc: NDArray[np.uint8]) -> Array:
    """Probabilities (N, classes). A batch is copied at a time: the array may be a memory map."""
    size = at_once(*images_nhwc.shape[1:3])
    starts = range(0, len(images_nhwc), size)
    parts = (torch.from_numpy(np.array(images_nhwc[at : at + size])) for at in starts)
    return torch.cat([deployed(part) for part in parts]).numpy()
