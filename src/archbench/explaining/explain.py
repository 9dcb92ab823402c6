"""Run a trained network over images, and keep what it looked at."""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from archbench.base.records import RunRecord
from archbench.explaining import control, layers
from archbench.explaining.gradcam import gradcam
from archbench.explaining.layers import Layers, tapped
from archbench.explaining.neighbours import nearest
from archbench.networks import backend
from archbench.networks.backend import Backend
from archbench.networks.classifier import Classifier, to_float

Array = NDArray[Any]
BATCH = 500
CONTROL = 100
"""Test images, the first, that a network of shuffled weights is shown too."""


class Seen(NamedTuple):
    features: Tensor
    """float32 (N, D)."""
    maps: Tensor | None
    """uint8 (N, h, w), or None where the network has no map."""


class Explained(NamedTuple):
    arrays: dict[str, Array]
    """`neighbours` int32 (N, 5), indices into the training images; `cosines` float32 (N, 5); and
    if the network has a map, `maps` uint8 (N, h, w), and `control` (n, h, w) of the first n."""
    summary: dict[str, Any]


def explain(
    model: Classifier, run: RunRecord, train_nhwc: Array, order: Array, test_nhwc: Array
) -> Explained:
    """Neighbours among the images that the run trained on: the first of `order`."""
    where = backend.configure(run.precision)
    model.to(where.device)
    height, width, channels = test_nhwc.shape[1:]
    found = layers.find(model, (channels, height, width))
    rows = np.sort(order[: run.train_images])
    learnt = look(model, train_nhwc[rows], found, where, with_maps=False)
    seen = look(model, test_nhwc, found, where)
    closest, cosines = nearest(seen.features, learnt.features)
    arrays = {"neighbours": rows[closest.numpy()].astype(np.int32), "cosines": cosines.numpy()}
    summary = {"architecture": run.architecture, "seed": run.seed, "layer": found.map}
    random = look(control.shuffled(model), test_nhwc[:CONTROL], found, where).maps
    if seen.maps is not None and random is not None:
        arrays |= {"maps": seen.maps.numpy(), "control": random.numpy()}
        summary["control_agreement"] = control.agreement(
            arrays["maps"][:CONTROL], arrays["control"]
        )
    return Explained(arrays, summary)


def look(
    model: Classifier, images_nhwc: Array, found: Layers, where: Backend, *, with_maps: bool = True
) -> Seen:
    """In evaluation mode. Gradients reach back to the map only, so a map costs little more."""
    model.eval().requires_grad_(False)
    features, maps = [], []
    with_maps = with_maps and found.map is not None
    with tapped(model, found) as tap, torch.set_grad_enabled(with_maps):
        for start in range(0, len(images_nhwc), BATCH):
            part = torch.from_numpy(np.array(images_nhwc[start : start + BATCH]))
            with where.autocast():
                logits = model(to_float(part.to(where.device)))
            features.append(tap.features.cpu())
            if with_maps and tap.map is not None:
                maps.append(gradcam(logits.float(), tap.map).cpu())
    return Seen(torch.cat(features), torch.cat(maps) if maps else None)
