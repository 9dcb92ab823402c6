"""The types that an architecture's options may have. Cheap to import: no torch."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from archbench.params import Count, Positive, Probability


def _three_stages(depth: int) -> int:
    if depth % 6 != 2:
        raise ValueError("should be 6n + 2, such as 8, 20, 32 or 56")
    return depth


CifarDepth = Annotated[int, Field(ge=8), AfterValidator(_three_stages)]
"""A first convolution, three stages of 2n, and a linear head (He et al. 2016)."""
Norm = Literal["batch", "group"]
Stem = Literal["imagenet", "small"]
Widths = Annotated[Sequence[Count], Field(min_length=1)]

__all__ = ["CifarDepth", "Count", "Norm", "Positive", "Probability", "Stem", "Widths"]
