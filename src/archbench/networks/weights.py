"""A model's weights and statistics, on disk as safetensors: nothing to unpickle."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from archbench.base import files

Weights = dict[str, Tensor]


def copy_of(model: nn.Module) -> Weights:
    """On the CPU, in torch's default memory layout."""
    return {
        name: value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
        for name, value in model.state_dict().items()
    }


def write(path: Path, weights: Weights) -> None:
    """Written by Python, which can say why a write failed."""
    with files.atomic(path) as temporary:
        temporary.write_bytes(save(weights))


def load(model: nn.Module, path: Path) -> None:
    """Every name and shape must match."""
    model.load_state_dict(load_file(path))
