"""The types that an architecture's options may have. Cheap to import: no torch."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from archbench.params import Count, Positive, Probability

Norm = Literal["batch", "group"]
Widths = Annotated[Sequence[Count], Field(min_length=1)]

__all__ = ["Count", "Norm", "Positive", "Probability", "Widths"]
