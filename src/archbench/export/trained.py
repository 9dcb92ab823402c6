"""A trained network as the earlier stages left it, with the temperature of its probabilities."""

from dataclasses import dataclass

from archbench.base import files, paths
from archbench.base.errors import Refused
from archbench.base.records import DatasetRecord, RunRecord
from archbench.networks import classifier, weights
from archbench.networks.classifier import Classifier


@dataclass(frozen=True, slots=True)
class Trained:
    dataset: DatasetRecord
    run: RunRecord
    model: Classifier
    temperature: float
    """Fitted to its logits of the validation images."""


def read(architecture: str, seed: int) -> Trained:
    """Refused if the seed was not trained, or if a file is missing or damaged."""
    if not paths.run(architecture, seed).exists():
        raise Refused(f"{architecture}: has no network of seed {seed}; train it first: dvc repro")
    dataset = DatasetRecord.read(paths.DATASET)
    for file, digest in dataset.sha256.items():
        files.verify(paths.DATA / file, digest)
    run, best = (
        RunRecord.read(paths.run(architecture, seed)),
        paths.best_weights(architecture, seed),
    )
    files.verify(best, run.weights[best.name])
    model = classifier.rebuild(run, dataset)
    weights.load(model, best)
    scores = files.read_table(paths.evaluation(architecture, "seeds"))
    temperatures = scores.set_index("seed")["temperature"].to_dict()
    return Trained(dataset, run, model, temperatures[seed])
