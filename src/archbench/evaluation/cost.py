"""What a prediction costs, whatever the machine."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from archbench.base.records import RunRecord


def gflops(model: nn.Module, shape_chw: tuple[int, int, int]) -> float:
    """Of one image's forward pass, 10⁹ operations: a multiply-accumulate counts as two."""
    device = next(model.parameters()).device
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model.eval()(torch.zeros(1, *shape_chw, device=device))
    return float(counter.get_total_flops() / 1e9)


def petaflop(gflops: float, run: RunRecord) -> float:
    """Of a training run by its record, 10¹⁵ operations, each image's forward pass being `gflops`.

    The backward pass costs twice the forward one; a linear probe's ends at the head. Small images
    cost what they have of the pixels.
    """
    passes = 1 if run.hyperparameters["fine_tune"] == "linear_probe" else 3
    return float(passes * gflops * run.train_images * run.epochs * run.pixel_fraction / 1e6)


def parameters(model: nn.Module) -> int:
    """Trained numbers; the statistics of norms are not."""
    return sum(weight.numel() for weight in model.parameters())
