"""What a prediction costs, whatever the machine."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def gflops(model: nn.Module, shape_chw: tuple[int, int, int]) -> float:
    """Of one image's forward pass, 10⁹ operations: a multiply-accumulate counts as two."""
    device = next(model.parameters()).device
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model.eval()(torch.zeros(1, *shape_chw, device=device))
    return float(counter.get_total_flops() / 1e9)


def parameters(model: nn.Module) -> int:
    """Trained numbers; the statistics of norms are not."""
    return sum(weight.numel() for weight in model.parameters())
