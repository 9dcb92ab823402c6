"""Does a Grad-CAM show what was learnt? Set beside that of a network that learnt nothing.

Maps that look the same after the weights are shuffled show the image's edges, not the network's
reasons (Adebayo et al. 2018, "Sanity Checks for Saliency Maps").
"""

import copy
import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import ConstantInputWarning, spearmanr

from archbench.networks.classifier import Classifier


def shuffled(model: Classifier, seed: int = 0) -> Classifier:
    """A copy in which every tensor of the network has its own numbers in another order.

    So each layer keeps its scale, and nothing of what it learnt.
    """
    control = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    for value in control.network.state_dict().values():
        order = torch.randperm(value.numel(), generator=generator).to(value.device)
        value.copy_(value.flatten()[order].view_as(value))
    return control


def agreement(maps: NDArray[np.uint8], others: NDArray[np.uint8]) -> float | None:
    """Mean over images of the rank correlation of their cells, in [-1, 1].

    `maps` (N, h, w). An image whose map is flat in one of the two has none; None if all are so.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantInputWarning)
        ranks = [
            spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(maps, others, strict=True)
        ]
    kept = [rank for rank in ranks if not np.isnan(rank)]
    return round(float(np.mean(kept)), 6) if kept else None
