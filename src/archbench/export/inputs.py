"""A trained network, with all that earlier stages found of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from archbench.base import files, paths
from archbench.base.errors import Refused
from archbench.base.records import DatasetRecord, RunRecord
from archbench.export.quantisation import IMAGES
from archbench.networks import classifier, weights
from archbench.networks.classifier import Classifier


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """What an exported folder is made of."""

    dataset: DatasetRecord
    run: RunRecord
    model: Classifier
    temperature: float
    """Fitted to the seed's logits of the validation images."""
    numbers: Mapping[str, Any]
    """Stage evaluate's, of all seeds of the architecture."""
    pairs: pd.DataFrame
    """Stage compare's, of all pairs of architectures."""
    duplicates: Mapping[str, Any]
    """The accuracies without the test images that have a near-duplicate, and on them."""
    train_images: NDArray[np.uint8]
    """At most IMAGES (N, H, W, C), evenly spaced, since they may be sorted by class."""
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]


def read(architecture: str, seed: int) -> Inputs:
    """Refused if the seed was not trained, or if a file is missing or damaged."""
    if not paths.run(architecture, seed).exists():
        raise Refused(f"{architecture}: has no network of seed {seed}; train it first: dvc repro")
    dataset = DatasetRecord.read(paths.DATASET)
    for file, digest in dataset.sha256.items():
        files.verify(paths.DATA / file, digest)
    run = RunRecord.read(paths.run(architecture, seed))
    scores = files.read_table(paths.evaluation(architecture, "seeds")).set_index("seed")
    duplicates = files.read_table(paths.detail("duplicates")).set_index("architecture")
    chosen = files.read_array(paths.TRAIN_INDEX)
    return Inputs(
        dataset=dataset,
        run=run,
        model=_trained(run, dataset),
        temperature=float(scores.loc[seed, "temperature"]),
        numbers=files.read_json(paths.numbers(architecture)),
        pairs=files.read_table(paths.PAIRWISE),
        duplicates=duplicates.loc[architecture].to_dict(),
        train_images=files.read_array(paths.TRAIN_IMAGES)[chosen[:: -(-len(chosen) // IMAGES)]],
        test_images=files.read_array(paths.TEST_IMAGES),
        test_labels=files.read_array(paths.TEST_LABELS),
    )


def _trained(run: RunRecord, dataset: DatasetRecord) -> Classifier:
    best = paths.best_weights(run.architecture, run.seed)
    files.verify(best, run.weights[best.name])
    model = classifier.rebuild(run, dataset)
    weights.load(model, best)
    return model
