"""Run trained models over the test images."""

from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from archbench import backend
from archbench.evaluation import cost
from archbench.evaluation.predictions import make_table
from archbench.models import classifier
from archbench.models.classifier import Classifier

Record = dict[str, Any]


def rebuild(run: Record, about: dict[str, Any]) -> Classifier:
    """The model of a training run's record, its weights yet to be loaded."""
    height, width = about["image_size"]
    shape = (height, width, about["channels"])
    return classifier.build(
        run["architecture"], len(about["classes"]), shape, run["recipe"]["options"]
    )


def predict(
    model: Classifier,
    run: Record,
    images_nhwc: NDArray[Any],
    labels: NDArray[Any],
    classes: list[str],
    flip: bool,
) -> pd.DataFrame:
    """In the precision that the model was trained in; `flip` averages with the mirror image."""
    where = backend.choose(run["precision"])
    images = torch.from_numpy(np.array(images_nhwc))
    logits = classifier.predict(model.to(where.device), images, where, flip=flip)
    return make_table(run["seed"], labels, logits.softmax(1).cpu().numpy(), classes)


def costs(model: Classifier, runs: list[Record], about: dict[str, Any]) -> dict[str, float]:
    """Of the architecture, and of its training as the mean over seeds."""
    height, width = about["image_size"]
    return {
        "parameters": cost.parameters(model),
        "gflops": cost.gflops(model, (about["channels"], height, width)),
        "train_seconds": float(np.mean([run["train_seconds"] for run in runs])),
        "train_images": runs[0]["train_images"],
        "epochs": float(np.mean([run["epochs"] for run in runs])),
        "seeds": len(runs),
    }
