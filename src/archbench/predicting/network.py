"""An architecture's trained networks, with what stage evaluate has of them on validation images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from archbench.base import files, paths
from archbench.base.errors import Refused
from archbench.base.predictions import Array, make_table, probabilities_of
from archbench.base.records import DatasetRecord, RunRecord
from archbench.download.decode import Bytes
from archbench.evaluation import calibration, selective
from archbench.networks import classifier, weights
from archbench.networks.backend import configure
from archbench.networks.classifier import Classifier

BATCH = 500
"""Pictures that are read and answered together at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One seed's network."""

    run: RunRecord
    model: Classifier
    temperature: float
    validation: pd.DataFrame
    """Its predictions of the validation images."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ensemble:
    """Networks of one architecture, each from another seed; a single one predicts as it is."""

    dataset: DatasetRecord
    flip: bool
    """Whether an image's mirror image is predicted too, as params.yaml had it in evaluation."""
    members: list[Member]


def load(architecture: str, seeds: Sequence[int]) -> Ensemble:
    """Refused if the architecture was not trained and evaluated with each of the seeds."""
    for seed in seeds:
        if not paths.run(architecture, seed).exists():
            known = ", ".join(trained())
            raise Refused(f"{architecture}: has no network of seed {seed}; trained are: {known}")
    dataset = DatasetRecord.read(paths.DATASET)
    return Ensemble(
        dataset=dataset,
        flip=files.read_json(paths.numbers(architecture))["test_time_flip"],
        members=[_member(architecture, seed, dataset) for seed in seeds],
    )


def trained() -> list[str]:
    """Each architecture and seed that has a run here, as `mlp (seed 0)`."""
    found = sorted(paths.run("*", 0).parents[2].glob("*/*/run.json"))
    return [f"{path.parts[-3]} (seed {path.parts[-2]})" for path in found] or ["none"]


def _member(architecture: str, seed: int, dataset: DatasetRecord) -> Member:
    run, best = (
        RunRecord.read(paths.run(architecture, seed)),
        paths.best_weights(architecture, seed),
    )
    files.verify(best, run.weights[best.name])
    model = classifier.rebuild(run, dataset)
    weights.load(model, best)
    scores = files.read_table(paths.evaluation(architecture, "seeds"))
    validation = files.read_table(paths.evaluation(architecture, "validation"))
    return Member(
        run=run,
        model=model,
        temperature=scores.set_index("seed")["temperature"].to_dict()[seed],
        validation=validation[validation["seed"] == seed],
    )


def batch(image_shape: tuple[int, int, int]) -> int:
    """How many pictures to answer together: as many as make whole chunks, as in stage evaluate."""
    chunk = classifier.at_once(*image_shape[:2])
    return BATCH // chunk * chunk


def predict(ensemble: Ensemble, images_nhwc: Bytes) -> tuple[Array, Array]:
    """Probabilities (N, classes) as trained, and calibrated: each a mean over the members."""
    both = [_of_member(member, ensemble, images_nhwc) for member in ensemble.members]
    trained, calibrated = (np.mean(kind, axis=0) for kind in zip(*both, strict=True))
    return trained, calibrated


def _of_member(member: Member, ensemble: Ensemble, images_nhwc: Bytes) -> tuple[Array, Array]:
    backend = configure(member.run.precision)
    model, images = member.model.to(backend.device), torch.from_numpy(images_nhwc)
    logits = classifier.predict(model, images, backend, flip=ensemble.flip)
    probabilities = logits.softmax(1).cpu().numpy()
    unknown = np.zeros(len(probabilities), np.uint8)
    rows = make_table(member.run.seed, unknown, probabilities, ensemble.dataset.classes)
    return probabilities, probabilities_of(calibration.scale(rows, member.temperature))


def threshold(ensemble: Ensemble, risk: float) -> float:
    """The confidence, as trained, below which an answer is unsure: of the others a share of `risk`
    is wrong, or more with a probability of 5 % (`guaranteed_threshold`). Infinite if none will do.
    """
    tables = [member.validation.sort_values("index") for member in ensemble.members]
    mean = np.mean([probabilities_of(table) for table in tables], axis=0)
    classes = ensemble.dataset.classes
    rows = make_table(0, tables[0]["label"].to_numpy(), mean, classes)
    return selective.guaranteed_threshold(rows, risk)
