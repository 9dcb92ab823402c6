"""Where in the image the evidence for the predicted class lies (Selvaraju et al. 2017)."""

import torch
from torch import Tensor


def gradcam(logits: Tensor, activations: Tensor) -> Tensor:
    """uint8 (N, h, w): of each image's largest logit, its strongest cell 255.

    `logits` (N, classes) follow from `activations` (N, C, h, w), image by image. A map without
    evidence for the class is zero throughout.
    """
    (gradients,) = torch.autograd.grad(logits.amax(1).sum(), activations)
    weights = gradients.float().mean((2, 3), keepdim=True)
    evidence = (weights * activations.detach().float()).sum(1).relu()
    strongest = evidence.amax((1, 2), keepdim=True).clamp_min(torch.finfo(torch.float32).tiny)
    return (evidence / strongest * 255).round().to(torch.uint8)
