"""The keys of params.yaml that this room reads. Cheap to import: no numpy, no torch."""

from typing import Annotated, Literal

from pydantic import Field

from archbench.base.params import Section, Text
from archbench.download.catalogue import DATASETS


class Folder(Section):
    """A user's own images."""

    path: Text
    image_size: Annotated[int, Field(ge=8, le=512)]
    """Pixels: height and width that every image is resized to."""
    mirrorable: bool
    skip_bad: bool
    """Whether to leave out the files that cannot be used, in place of refusing them."""


class Images(Section):
    """The keys that stage images reads."""

    dataset: Literal[*DATASETS, "folder"]  # type: ignore[valid-type]  # read once, when imported
    folder: Folder
    """Used where `dataset` is `folder`."""


class Download(Images):
    """The keys that stage download reads."""

    data_directory: Text | None
    """A folder with files fetched by hand, read before the network is tried."""
