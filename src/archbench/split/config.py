"""The keys of params.yaml that stage split reads. Cheap to import: no numpy."""

from typing import Any

from pydantic import field_validator

from archbench.base.params import Section, Seed

MOST_HELD_OUT, SHARE_HELD_OUT = 5000, 0.1
"""Unless asked for otherwise: whichever is less."""


class Split(Section):
    """The keys that stage split reads."""

    validation: int | float | None
    """Training images held out: a count, a fraction strictly between 0 and 1, or empty."""
    split_seed: Seed

    @field_validator("validation", mode="before")
    @classmethod
    def _count_or_fraction(cls, value: Any) -> Any:
        count = type(value) is int and value > 0  # True is an int too
        fraction = type(value) is float and 0 < value < 1
        if not (count or fraction or value is None):
            raise ValueError(
                "should be a count above 0, a fraction strictly between 0 and 1, or empty"
            )
        return value


def count(validation: int | float | None, images: int) -> int:
    """How many of so many training images `validation` holds out."""
    if validation is None:
        return max(1, min(MOST_HELD_OUT, int(SHARE_HELD_OUT * images)))
    return validation if isinstance(validation, int) else round(validation * images)
