"""ONNX Runtime on the CPU: what runs an exported file without torch."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from archbench.base.predictions import Array

INPUT, OUTPUT = "images", "probabilities"
ONLY_ERRORS = 3
"""Of the severities of its log, which else warns of what a user cannot change."""


def session(path: Path, threads: int = 0) -> onnxruntime.InferenceSession:
    """`threads` within an operator; 0: as many as there are cores."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = ONLY_ERRORS
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def run(session: onnxruntime.InferenceSession, images_nhwc: NDArray[np.uint8]) -> Array:
    """Probabilities (N, classes) of one batch of uint8 images (N, H, W, C)."""
    probabilities: Array = session.run([OUTPUT], {INPUT: images_nhwc})[0]
    return probabilities


def predict(path: Path, images_nhwc: NDArray[np.uint8], batch: int) -> Array:
    """Probabilities (N, classes), in batches."""
    opened = session(path)
    starts = range(0, len(images_nhwc), batch)
    return np.concatenate([run(opened, images_nhwc[at : at + batch]) for at in starts])
