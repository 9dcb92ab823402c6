"""A network of 8-bit integers: smaller, faster, and about as accurate, which the caller checks.

ONNX Runtime's static quantisation: activations keep the range that they had on training images.
"""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

from archbench.base import files
from archbench.export.runtime import INPUT

IMAGES = 500
"""Training images that set the ranges."""
BATCH = 50
QUANTISED = ["Conv", "Gemm", "MatMul"]
"""Operators that take nearly all of the time. The others stay in float32."""


class _Images(quantization.CalibrationDataReader):  # type: ignore[misc]
    """Batches, as ONNX Runtime asks for them."""

    def __init__(self, images_nhwc: NDArray[np.uint8]) -> None:
        starts = range(0, len(images_nhwc), BATCH)
        self.batches = iter([images_nhwc[start : start + BATCH] for start in starts])

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        batch = next(self.batches, None)
        return None if batch is None else {INPUT: batch}


def quantise(path: Path, images_nhwc: NDArray[np.uint8], to: Path) -> None:
    """The ONNX file at `path` → `to`; `images_nhwc` are uint8 training images (N, H, W, C).

    Weights have a scale per channel. Activations are unsigned: with signed ones se_resnet was
    slower than in float32 (ONNX Runtime 1.32, AVX-512 VNNI).
    """
    with TemporaryDirectory() as folder, files.atomic(to) as temporary, _quiet():
        prepared = Path(folder) / path.name
        quant_pre_process(path, prepared, skip_symbolic_shape=True)
        quantization.quantize_static(
            prepared,
            temporary,
            _Images(np.array(images_nhwc)),
            op_types_to_quantize=QUANTISED,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
        )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
