"""Which training images a network takes a test image for: the nearest in its feature space."""

import torch
import torch.nn.functional as F
from torch import Tensor

NEIGHBOURS = 5


def nearest(
    queries: Tensor, features: Tensor, count: int = NEIGHBOURS, chunk: int = 1000
) -> tuple[Tensor, Tensor]:
    """Rows of `features` (M, D) most like each of `queries` (N, D), and their cosines, in [-1, 1].

    Both (N, count), most alike first; fewer where M is less than `count`.
    """
    directions = F.normalize(features, dim=1).T.contiguous()
    found = [
        (F.normalize(part, dim=1) @ directions).topk(min(count, len(features)))
        for part in queries.split(chunk)
    ]
    return torch.cat([top.indices for top in found]), torch.cat([top.values for top in found])
