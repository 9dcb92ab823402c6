"""What the earlier stages found of an exported network: all that its card says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from archbench.base.records import DatasetRecord, RunRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    dataset: DatasetRecord
    run: RunRecord
    numbers: Mapping[str, Any]
    """Stage evaluate's, of all seeds of the architecture."""
    pairs: pd.DataFrame
    """Stage compare's, of all pairs of architectures."""
    duplicates: Mapping[Any, Any]
    """Stage compare's accuracies without and on the test images that have a near-duplicate."""
    forms: pd.DataFrame
    """Stage inference's rows of the architecture: the first is model.onnx, the second 8 bits."""
