"""The keys of params.yaml that this room reads."""

from typing import Annotated

from pydantic import Field

from archbench.base.params import Names, Section


class Equivalence(Section):
    """What a verdict needs besides the predictions."""

    equivalence_margin: Annotated[float, Field(gt=0, lt=100)]
    """In points of test accuracy: the largest difference that is practically none."""

    @property
    def margin(self) -> float:
        """As a fraction of the test images."""
        return self.equivalence_margin / 100


class Comparison(Equivalence):
    """The keys that stage compare reads."""

    architectures: Names
