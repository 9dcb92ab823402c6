"""A network in every format, and whether each predicts what the network does."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from archbench.base import files, paths
from archbench.export import deployed, formats, parity, quantisation, runtime
from archbench.export.parity import Parity
from archbench.export.paths import INT8, ONNX, PARITY, PREDICTIONS
from archbench.export.trained import Trained
from archbench.networks.classifier import at_once


def convert(trained: Trained, folder: Path) -> Parity:
    """The network's files, in a folder that exists; how far ONNX Runtime and torch agree.

    Refused if the network cannot be converted, or if a file predicts otherwise: PARITY and
    PREDICTIONS say what was found on the test images.
    """
    network, name = deployed.deploy(trained.model, trained.temperature), trained.run.architecture
    formats.write(folder, network, trained.run, trained.dataset)
    quantisation.quantise(folder / ONNX, _training_images(), folder / INT8)
    images, labels = files.read_array(paths.TEST_IMAGES), files.read_array(paths.TEST_LABELS)
    expected = deployed.predict(network, images)
    batch = at_once(*images.shape[1:3])
    formats.hold(folder, network, name, images[:batch], expected[:batch])
    float32, int8 = (runtime.predict(folder / file, images, batch) for file in (ONNX, INT8))
    found = parity.measure(expected, float32)
    parity.hold(found, f"{name}: {ONNX}")
    files.write_json(folder / PARITY, asdict(found))
    classes = {"label": labels, ONNX: float32.argmax(1), INT8: int8.argmax(1)}
    files.write_table(folder / PREDICTIONS, pd.DataFrame(classes))
    return found


def _training_images() -> NDArray[np.uint8]:
    """Evenly spaced, since they may be sorted by class."""
    chosen = files.read_array(paths.TRAIN_INDEX)
    spaced = chosen[:: -(-len(chosen) // quantisation.IMAGES)]
    return np.asarray(files.read_array(paths.TRAIN_IMAGES)[spaced])
