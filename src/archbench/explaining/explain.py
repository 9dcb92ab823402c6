"""What a trained network takes each test image for, and where in the image it looks.

Its nearest training images, its Grad-CAMs, and as a control the Grad-CAMs of a network that has
learnt nothing: maps that look the same after the weights are shuffled show the image's edges, not
the network's reasons (Adebayo et al. 2018, "Sanity Checks for Saliency Maps").

Images stay in their memory-mapped arrays: a batch of them is in memory at a time. What is kept of
each are its features and its map.
"""

import copy
import warnings
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.stats import ConstantInputWarning, spearmanr
from torch import Tensor
from tqdm import tqdm

from archbench.base.records import RunRecord
from archbench.explaining import layers
from archbench.explaining.layers import Layers, tapped
from archbench.networks.backend import Backend, configure
from archbench.networks.classifier import Classifier, at_once, to_float
from archbench.networks.images import Streamed

Array = NDArray[Any]
NEIGHBOURS = 5
CONTROL = 100
"""Test images, the first, that a network of shuffled weights is shown too."""


class Activity(NamedTuple):
    """Of a network, for N images."""

    features: Tensor
    """float32 (N, D), on the CPU."""
    maps: Tensor | None
    """Grad-CAMs, uint8 (N, h, w), or None where the network has no map."""


class Explanation(NamedTuple):
    arrays: dict[str, Array]
    """`neighbours` int32 (N, 5), indices into the training images; `cosines` float32 (N, 5); and
    if the network has a map, `maps` uint8 (N, h, w), and `control` (n, h, w) of the first n."""
    summary: dict[str, Any]
    """`architecture`, `seed`, `layer` (the map's, or None); `control_agreement` if it has a map."""


def explain(
    model: Classifier, run: RunRecord, train_nhwc: Array, order: Array, test_nhwc: Array
) -> Explanation:
    """Of all test images; neighbours are searched among the images that the run trained on.

    Those are the first of `order`, indices into `train_nhwc`; images are uint8.
    """
    backend = configure(run.precision)
    model.to(backend.device)
    height, width, channels = test_nhwc.shape[1:]
    targets = layers.find(model, (channels, height, width))
    rows = np.sort(order[: run.train_images])
    trained_on = look(model, train_nhwc, targets, backend, index=rows, with_maps=False)
    tested_on = look(model, test_nhwc, targets, backend)
    closest, cosines = nearest(tested_on.features, trained_on.features)
    arrays = {"neighbours": rows[closest.numpy()].astype(np.int32), "cosines": cosines.numpy()}
    summary = {"architecture": run.architecture, "seed": run.seed, "layer": targets.map}
    control = look(shuffled(model), test_nhwc[:CONTROL], targets, backend).maps
    if tested_on.maps is not None and control is not None:
        arrays |= {"maps": tested_on.maps.numpy(), "control": control.numpy()}
        summary["control_agreement"] = agreement(arrays["maps"][:CONTROL], arrays["control"])
    return Explanation(arrays, summary)


def result(explanation: Explanation) -> str:
    """One line for the terminal, without the architecture's name."""
    images, count = explanation.arrays["neighbours"].shape
    summary = explanation.summary
    line = f"{images:,} test images, each with its {count} nearest training images"
    if "control_agreement" not in summary:
        return f"{line}; it has no map for Grad-CAM"
    alike = summary["control_agreement"]
    ranks = "flat throughout" if alike is None else f"rank correlation {alike:.2f}"
    return f"{line} and its Grad-CAM at {summary['layer']} (with shuffled weights: {ranks})"


def look(
    model: Classifier,
    images_nhwc: Array,
    targets: Layers,
    backend: Backend,
    *,
    index: NDArray[np.int64] | None = None,
    with_maps: bool = True,
) -> Activity:
    """In evaluation mode, of all images or of those at `index`.

    Gradients reach back to the map only, so a map costs little more.
    """
    model.eval().requires_grad_(False)
    features: Tensor | None = None
    maps: Tensor | None = None
    with_maps = with_maps and targets.map is not None
    rows = np.arange(len(images_nhwc)) if index is None else index
    images = Streamed(array=images_nhwc, rows=rows, backend=backend)
    size = at_once(*images_nhwc.shape[1:3])
    starts = range(0, len(rows), size)
    with tapped(model, targets) as tap, torch.set_grad_enabled(with_maps):
        for start in tqdm(starts, "images", unit="batch", disable=None, leave=False):
            with backend.autocast():
                logits = model(to_float(images[start : start + size]))
            features = _put(features, start, tap.features, len(rows))
            if with_maps and tap.map is not None:
                maps = _put(maps, start, gradcam(logits.float(), tap.map), len(rows))
    assert features is not None
    return Activity(features, maps)


def _put(kept: Tensor | None, start: int, batch: Tensor, count: int) -> Tensor:
    """The batch among all `count`, on the CPU, which are in one piece from the first on.

    A list of pieces would lie scattered, and the memory between them be too narrow for a batch.
    """
    if kept is None:
        kept = torch.empty(count, *batch.shape[1:], dtype=batch.dtype)
    kept[start : start + len(batch)] = batch
    return kept


def gradcam(logits: Tensor, activations: Tensor) -> Tensor:
    """Where in each image the evidence for the predicted class lies (Selvaraju et al. 2017).

    `logits` (N, classes) follow from `activations` (N, C, h, w), image by image. uint8 (N, h, w),
    each image's strongest cell 255; a map without evidence for the class is zero throughout.
    """
    (gradients,) = torch.autograd.grad(logits.amax(1).sum(), activations)
    weights = gradients.float().mean((2, 3), keepdim=True)
    evidence = (weights * activations.detach().float()).sum(1).relu()
    strongest = evidence.amax((1, 2), keepdim=True).clamp_min(torch.finfo(torch.float32).tiny)
    return (evidence / strongest * 255).round().to(torch.uint8)


def nearest(
    queries: Tensor, features: Tensor, count: int = NEIGHBOURS, chunk: int = 1000
) -> tuple[Tensor, Tensor]:
    """Rows of `features` (M, D) most like each of `queries` (N, D), and their cosines, in [-1, 1].

    Both (N, count), most alike first; fewer where M is less than `count`.
    """
    directions = F.normalize(features, dim=1).T.contiguous()
    best = [
        (F.normalize(part, dim=1) @ directions).topk(min(count, len(features)))
        for part in queries.split(chunk)
    ]
    return torch.cat([top.indices for top in best]), torch.cat([top.values for top in best])


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


def agreement(maps: Array, others: Array) -> float | None:
    """Mean over images of the rank correlation of their cells, in [-1, 1].

    Both uint8 (N, h, w). An image whose map is flat in one of the two has none; None if all are so.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantInputWarning)
        ranks = [
            spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(maps, others, strict=True)
        ]
    kept = [rank for rank in ranks if not np.isnan(rank)]
    return round(float(np.mean(kept)), 6) if kept else None
