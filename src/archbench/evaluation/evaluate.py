"""Run trained models over the test images, as they are and corrupted; and what that costs.

Images stay in their memory-mapped array: a batch of them is in memory at a time. Corrupted are a
sample, of CORRUPTED images, which is in memory twice, before and after.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import nn
from tqdm import tqdm

from archbench.base.predictions import make_table
from archbench.base.records import DatasetRecord, RunRecord
from archbench.evaluation import corruptions
from archbench.networks import classifier
from archbench.networks.backend import configure
from archbench.networks.classifier import Classifier, gflops
from archbench.networks.images import Streamed

CORRUPTED = 2000
"""Test images that are predicted corrupted too."""


def predict(
    model: Classifier,
    run: RunRecord,
    images_nhwc: NDArray[Any],
    labels: NDArray[Any],
    classes: list[str],
    flip: bool,
    index: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """The table of predictions of uint8 images, in the precision that the model was trained in.

    Of all images, or of those at `index` in that order; `labels` are theirs. `flip` averages the
    logits of each image and of its mirror image.
    """
    backend = configure(run.precision)
    rows = np.arange(len(images_nhwc)) if index is None else index
    images = Streamed(array=images_nhwc, rows=rows, backend=backend)
    logits = classifier.predict(model.to(backend.device), images, backend, flip=flip)
    return make_table(run.seed, labels, logits.softmax(1).cpu().numpy(), classes)


def robustness(
    predict: Callable[..., pd.DataFrame],
    run: RunRecord,
    clean: pd.DataFrame,
    images_nhwc: NDArray[Any],
    settings: Sequence[tuple[str, int]],
) -> dict[str, pd.DataFrame]:
    """Tables by the names of their files: accuracies by setting, and shares by image.

    `predict` sees the same images in every setting (corruption, severity); `clean` has its
    predictions of all images as they are.
    """
    labels = clean["label"].to_numpy()
    some = corruptions.chosen(labels, CORRUPTED, seed=0)
    corrupted = {}
    for name, severity in tqdm(settings, "corruptions", disable=None, leave=False):
        images = corruptions.corrupt(name, severity, images_nhwc[some], seed=0)
        corrupted[name, severity] = predict(run, images, labels[some])["prediction"].to_numpy()
    as_they_are = clean["prediction"].to_numpy()[some]
    return {
        "robustness": corruptions.table(labels[some], as_they_are, corrupted, run.seed),
        "robustness_shares": corruptions.shares(some, labels[some], corrupted, run.seed),
    }


def costs(model: Classifier, runs: list[RunRecord], dataset: DatasetRecord) -> dict[str, Any]:
    """The network's size and operations, and its training's conditions and means over seeds.

    The energy only if every run's was counted.
    """
    counted = all(run.energy_joules is not None for run in runs)
    return {
        "parameters": parameters(model),
        "gflops": gflops(model, (dataset.channels, *dataset.image_size)),
        "budget_petaflop": runs[0].budget_petaflop,
        "train_petaflop": _mean(runs, "train_petaflop"),
        "train_seconds": _mean(runs, "train_seconds"),
        "seconds_spread": max(run.seconds_spread for run in runs),
        "images_per_second": _mean(runs, "images_per_second"),
        **({"energy_joules": _mean(runs, "energy_joules")} if counted else {}),
        "peak_memory_gb": _mean(runs, "peak_memory_gb"),
        "train_images": runs[0].train_images,
        "epochs": _mean(runs, "epochs"),
        "device": runs[0].device,
        "recipe": runs[0].recipe,
        "budget": runs[0].budget,
    }


def _mean(runs: list[RunRecord], key: str) -> float:
    return float(np.mean([getattr(run, key) for run in runs]))


def parameters(model: nn.Module) -> int:
    """Trained numbers; the statistics of norms are not."""
    return sum(weight.numel() for weight in model.parameters())
