"""Run trained models over the test images."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from archbench.base.predictions import make_table
from archbench.base.records import DatasetRecord, RunRecord
from archbench.evaluation import corruptions, cost
from archbench.networks import backend, classifier
from archbench.networks.classifier import Classifier

CORRUPTED = 2000
"""Test images that are predicted corrupted too."""


def predict(
    model: Classifier,
    run: RunRecord,
    images_nhwc: NDArray[Any],
    labels: NDArray[Any],
    classes: list[str],
    flip: bool,
) -> pd.DataFrame:
    """In the precision that the model was trained in; `flip` averages with the mirror image."""
    where = backend.configure(run.precision)
    images = torch.from_numpy(np.array(images_nhwc))
    logits = classifier.predict(model.to(where.device), images, where, flip=flip)
    return make_table(run.seed, labels, logits.softmax(1).cpu().numpy(), classes)


def robustness(
    predict: Callable[..., pd.DataFrame],
    run: RunRecord,
    clean: pd.DataFrame,
    images_nhwc: NDArray[Any],
    settings: Iterable[tuple[str, int]],
) -> dict[str, pd.DataFrame]:
    """`predict` the same images in every setting; `clean`: the predictions of all as they are.

    By the names of their files: accuracies by setting, and shares by image.
    """
    labels = clean["label"].to_numpy()
    some = corruptions.chosen(labels, CORRUPTED, seed=0)
    guesses = {
        setting: predict(
            run, corruptions.corrupt(*setting, images_nhwc[some], seed=0), labels[some]
        )
        for setting in settings
    }
    corrupted = {setting: rows["prediction"].to_numpy() for setting, rows in guesses.items()}
    unspoilt = clean["prediction"].to_numpy()[some]
    return {
        "robustness": corruptions.table(labels[some], unspoilt, corrupted, run.seed),
        "robustness_shares": corruptions.shares(some, labels[some], corrupted, run.seed),
    }


def costs(model: Classifier, runs: list[RunRecord], dataset: DatasetRecord) -> dict[str, Any]:
    """Of the architecture, and of its training as the mean over seeds."""
    gflops = cost.gflops(model, (dataset.channels, *dataset.image_size))
    return {
        "parameters": cost.parameters(model),
        "gflops": gflops,
        "train_petaflop": float(np.mean([cost.petaflop(gflops, run) for run in runs])),
        "train_seconds": _mean(runs, "train_seconds"),
        "seconds_spread": max(run.seconds_spread for run in runs),
        "images_per_second": _mean(runs, "images_per_second"),
        "peak_memory_gb": _mean(runs, "peak_memory_gb"),
        "train_images": runs[0].train_images,
        "epochs": _mean(runs, "epochs"),
        "device": runs[0].device,
        "recipe": runs[0].recipe,
        "budget": runs[0].budget,
    }


def _mean(runs: list[RunRecord], key: str) -> float:
    return float(np.mean([getattr(run, key) for run in runs]))
