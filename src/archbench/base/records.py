"""The two records that travel through the pipeline: dataset.json and run.json.

Each is written and read here, and nowhere else.
"""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from archbench.base import files, paths
from archbench.base.errors import Refused


class Record(BaseModel):
    """JSON with a digest of itself: a flipped bit may leave it valid and false."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def write(self, path: Path) -> None:
        files.write_record(path, self.model_dump(mode="json"))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Refused if the file is missing, damaged, or of another version of the code."""
        try:
            return cls.model_validate(files.read_record(path))
        except ValidationError as invalid:
            first = invalid.errors(include_url=False)[0]
            key = ".".join(map(str, first["loc"]))
            raise Refused(
                f"{path} was written by another version: {key}: {first['msg']}; dvc repro"
            ) from None


class DatasetRecord(Record):
    """What later stages need to know of a data set. Not its source: the same bytes are the same."""

    name: str
    title: str
    classes: list[str]
    mirrorable: bool
    """A mirrored image keeps its class; a mirrored digit does not."""
    image_size: tuple[int, int]
    """Height and width, in pixels."""
    channels: int
    sha256: dict[str, str]
    """Of each array's file, by its path in `data`."""

    def digest(self, path: Path) -> str:
        """The sha256 of an array's file."""
        return self.sha256[str(path.relative_to(paths.DATA))]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels)."""
        return *self.image_size, self.channels


class RunRecord(Record):
    """What a reader needs to know of a training run, and evaluation to rebuild its network."""

    architecture: str
    seed: int
    recipe: str
    """`tuned` or `reference`, as in params.yaml."""
    budget: str
    hyperparameters: dict[str, Any]
    """Of the architecture's recipe, after the budget and the top-level knobs."""
    train_images: int
    validation_images: int
    parameters: int
    budget_petaflop: float | None
    """What the budget grants, 10¹⁵ operations; None: as many as the recipe takes."""
    train_petaflop: float
    """What training took."""
    train_seconds: float
    images_per_second: float
    """At each epoch's median step, since other work on the machine makes some steps slow."""
    seconds_spread: float
    """The slowest epoch's time over the fastest's, each for as many pixels."""
    energy_joules: float | None = None
    """An estimate: what the processor packages' and the GPU's counters counted while the epochs'
    steps ran, the work of other processes on the machine included. None if the system has no
    counters, or had none in some epoch."""
    peak_memory_gb: float
    """Of all processes."""
    images: Literal["resident", "streamed"]
    """Whether the images lay on the device, or were read from their file batch by batch."""
    epochs: int
    stopped: str | None
    """The rule that ended the run before its last epoch, if one did."""
    best_epoch: int
    best_validation_accuracy: float
    device: str
    precision: str
    processes: int
    threads: int
    """Of a process; the smallest count of any epoch."""
    compiled: bool
    versions: dict[str, str]
    weights: dict[str, str]
    """The sha256 of each weights file, by its name."""
