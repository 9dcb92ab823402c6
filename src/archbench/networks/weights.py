"""A model's weights and statistics, in safetensors files: unlike pickles, they run no code."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from archbench.base import files

Weights = dict[str, Tensor]


def copy_of(model: nn.Module) -> Weights:
    """A copy on the CPU, in torch's default memory layout."""
    return {
        name: value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
        for name, value in model.state_dict().items()
    }


def write(path: Path, weights: Weights) -> None:
    """Write atomically. Python writes the bytes, since its errors say why a write failed."""
    with files.atomic(path) as temporary:
        temporary.write_bytes(save(weights))


def load(model: nn.Module, path: Path) -> None:
    """Load the file into the model. RuntimeError if a name or a shape does not match."""
    model.load_state_dict(load_file(path))
