"""What a user sees of a run: lines and a bar in the terminal, curves in a tracker.

A tracker watches and decides nothing: the weights are the same with it and without. Its package is
imported only if params.yaml names it. This module needs no torch.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeVar

from tqdm import tqdm

from archbench.base.errors import Refused

T = TypeVar("T")

Kind = Literal["none", "tensorboard", "wandb"]
Setting = bool | float | str | None
Log = Callable[[Mapping[str, float]], None]
"""Takes one epoch's row. A resumed run logs its whole curve again: a killed process may have left
its last rows unwritten, or may have had no tracker."""


def progress_bar(
    batches: Iterable[T], title: str, total: int, *, wanted: bool = True
) -> Iterator[T]:
    """The batches, with a bar if it is wanted and standard error is a terminal."""
    hidden = not (wanted and sys.stderr.isatty())
    return iter(tqdm(batches, title, total, leave=False, disable=hidden))


def print_line(line: str) -> None:
    """Print at once, above a bar if there is one."""
    tqdm.write(line)
    sys.stdout.flush()


def open_tracker(
    kind: Kind, directory: Path, settings: Mapping[str, Any]
) -> AbstractContextManager[Log]:
    """The function that logs an epoch. The directory's name is the run's: opened again, it goes on.

    Refused if the tracker's package is not installed, or if W&B cannot start.
    """
    must_be_installed(kind)
    match kind:
        case "tensorboard":
            return _tensorboard(directory, flatten(settings))
        case "wandb":
            return _wandb(directory, flatten(settings))
        case "none":
            return nullcontext(lambda row: None)


def must_be_installed(kind: Kind) -> None:
    """Refused if not. A tracker's name is that of its package and of the extra that installs it."""
    if kind != "none" and find_spec(kind) is None:
        raise Refused(
            f"params.yaml: tracker = {kind!r}: {kind} is not installed; "
            f"run: pip install --editable '.[{kind}]'"
        )


def flatten(settings: Mapping[str, Any], within: str = "") -> dict[str, Setting]:
    """`{"recipe": {"lr": 1}}` as `{"recipe.lr": 1}`: the trackers compare runs by flat names."""
    flat: dict[str, Setting] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{within}{key}.")
        else:
            plain = value is None or isinstance(value, bool | int | float | str)
            flat[within + key] = value if plain else str(value)
    return flat


@contextmanager
def _tensorboard(directory: Path, settings: dict[str, Setting]) -> Iterator[Log]:
    """Curves, and in the HPARAMS tab the settings and whether the run succeeded.

    Everything that an earlier process wrote is purged, since the whole curve is logged again.
    """
    from torch.utils.tensorboard import SummaryWriter
    from torch.utils.tensorboard.summary import hparams

    # without hparams' first part, TensorBoard finds the columns of all runs, not of one
    _, started, succeeded = hparams(settings, {})
    with SummaryWriter(str(directory), purge_step=1) as writer:
        writer.file_writer.add_summary(started)

        def log(row: Mapping[str, float]) -> None:
            for name in row.keys() - {"epoch"}:
                writer.add_scalar(name, row[name], int(row["epoch"]))
            writer.flush()

        yield log
        writer.file_writer.add_summary(succeeded)


@contextmanager
def _wandb(directory: Path, settings: dict[str, Setting]) -> Iterator[Log]:
    """The run's id is the directory's name; W&B's own environment variables apply.

    A resumed run logs no epoch twice: W&B would drop it, with a warning each time.
    """
    import wandb

    directory.mkdir(parents=True, exist_ok=True)
    try:
        run = wandb.init(
            project=os.environ.get("WANDB_PROJECT", "archbench"),
            id=directory.name,
            name=directory.name,
            dir=directory,
            config=settings,
            resume="allow",
        )
    except wandb.Error as error:
        raise Refused(f"tracker: wandb: {' '.join(str(error).split())}") from None

    def log(row: Mapping[str, float]) -> None:
        if row["epoch"] >= run.starting_step:
            run.log(dict(row), step=int(row["epoch"]))

    with run:
        yield log
