"""The keys of params.yaml that this room reads. Cheap to import: no torch."""

from typing import Annotated

from pydantic import Field

from archbench.base.params import Section
from archbench.comparison.config import Equivalence


class Exports(Section):
    exports: Annotated[list[str], Field(max_length=1000)]
    """The architectures that are exported: some of those that are compared, or none."""


class Inference(Exports, Equivalence):
    """The keys that stage inference reads: the margin is for what 8 bits change."""
