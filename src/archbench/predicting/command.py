"""`archbench predict`: what trained networks take files of pictures for."""

import math
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from archbench.base import params
from archbench.base.errors import Refused
from archbench.base.params import Seeds
from archbench.predicting import network
from archbench.predicting.answers import answers, write
from archbench.predicting.pictures import Batch, listing, read


def main(model: str, pictures: Sequence[str], ensemble: bool, risk: float, output: str) -> None:
    """Answers go to stdout. Files that cannot be used go to stderr, and the exit code is then 1.

    `pictures` are files, folders or `-`; `ensemble` takes all seeds of params.yaml, else its first.
    """
    if not 0 < risk < 1:
        raise Refused(f"--risk {risk}: should be between 0 and 1")
    seeds = params.read(Seeds).seeds
    networks = network.load(model, seeds if ensemble else seeds[:1])
    threshold = network.threshold(networks, risk)
    if not (paths := listing(pictures)):
        raise Refused(f"{' '.join(pictures)}: no PNG or JPEG there")
    if math.isinf(threshold):
        print(f"all unsure: no confidence keeps the risk within {risk:.1%}", file=sys.stderr)
    if faults := answer_all(networks, paths, threshold, output):
        sys.exit("\n".join(f"{path}: {fault}" for path, fault in faults.items()))


def answer_all(
    networks: network.Ensemble, paths: Sequence[Path], threshold: float, output: str
) -> dict[Path, str]:
    """Write a batch's answers as soon as they are there; what is wrong with the other files."""
    faults: dict[Path, str] = {}
    size, _, channels = networks.dataset.image_shape
    first = True
    with tqdm(total=len(paths), unit=" images", leave=False, disable=None) as bar:
        for batch in read(paths, size, channels, network.batch(networks.dataset.image_shape)):
            bar.clear()
            if batch.files:
                sys.stdout.write(write(_answer(networks, batch, threshold), output, first=first))
                first = False
            faults |= batch.faults
            bar.update(len(batch.files) + len(batch.faults))
    return faults


def _answer(networks: network.Ensemble, batch: Batch, threshold: float) -> pd.DataFrame:
    trained, calibrated = network.predict(networks, batch.images_nhwc)
    files, classes = [str(path) for path in batch.files], networks.dataset.classes
    return answers(files, classes, trained, calibrated, threshold)
