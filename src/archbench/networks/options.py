"""The types that an architecture's options may have. Cheap to import: no torch."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from archbench.base.params import Positive, Probability


def _three_stages(depth: int) -> int:
    if depth % 6 != 2:
        raise ValueError("should be 6n + 2, such as 8, 20, 32 or 56")
    return depth


CifarDepth = Annotated[int, Field(ge=8, le=1202), AfterValidator(_three_stages)]
"""A first convolution, three stages of 2n, and a linear head: up to 1,202 (He et al. 2016)."""
Depth = Annotated[int, Field(ge=1, le=1000)]
Pixels = Annotated[int, Field(ge=1, le=512)]
Width = Annotated[int, Field(ge=1, le=8192)]
"""Channels or units: two such layers in a row have 67 million weights."""
Norm = Literal["batch", "group"]
Stem = Literal["imagenet", "small"]
Widths = Annotated[Sequence[Width], Field(min_length=1, max_length=100)]

__all__ = [
    "CifarDepth",
    "Depth",
    "Norm",
    "Pixels",
    "Positive",
    "Probability",
    "Stem",
    "Width",
    "Widths",
]
