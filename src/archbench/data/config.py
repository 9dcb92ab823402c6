"""The keys of params.yaml that this room reads. Cheap to import: no numpy, no torch."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from archbench.data.catalogue import DATASETS
from archbench.params import Section, Seed


class Folder(Section):
    """A user's own images."""

    path: Annotated[str, Field(min_length=1)]
    image_size: Annotated[int, Field(ge=8, le=512)]
    """Pixels: height and width that every image is resized to."""
    mirrorable: bool
    skip_bad: bool
    """Whether to leave out the files that cannot be used, in place of refusing them."""


class Download(Section):
    """The keys that stage download reads."""

    dataset: Literal[*DATASETS, "folder"]  # type: ignore[valid-type]  # read once, when imported
    data_directory: str | None
    """A folder with files fetched by hand, read before the network is tried."""
    folder: Folder
    """Used where `dataset` is `folder`."""


class Split(Section):
    """The keys that stage split reads."""

    validation: int | float
    """Training images held out: a count, or a fraction strictly between 0 and 1."""
    split_seed: Seed

    @field_validator("validation", mode="before")
    @classmethod
    def _count_or_fraction(cls, value: Any) -> Any:
        count = type(value) is int and value > 0  # True is an int too
        fraction = type(value) is float and 0 < value < 1
        if not (count or fraction):
            raise ValueError("should be a count above 0 or a fraction strictly between 0 and 1")
        return value
