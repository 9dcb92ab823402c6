"""A run's epochs, shown while it trains and beside other runs, by a tracker of the user's choice.

A tracker watches and decides nothing: the weights are the same with it and without. Neither
package is needed by who does not ask for it, nor imported before; this module needs no torch.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from archbench.base.errors import Refused

Kind = Literal["none", "tensorboard", "wandb"]
Setting = bool | float | str | None
Log = Callable[[Mapping[str, float]], None]
"""Takes one epoch's row. A resumed run logs its whole curve anew: a killed process may not have
brought its last rows to the disk, or may have had no tracker."""


def open_tracker(
    kind: Kind, directory: Path, settings: Mapping[str, Any]
) -> AbstractContextManager[Log]:
    """The directory names the run: opened again, the same tracked run goes on."""
    must_be_installed(kind)
    match kind:
        case "tensorboard":
            return _tensorboard(directory, flatten(settings))
        case "wandb":
            return _wandb(directory, flatten(settings))
        case "none":
            return nullcontext(lambda row: None)


def must_be_installed(kind: Kind) -> None:
    """Each kind of tracker is named as its package and as our extra that installs it."""
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
    """The curves, and the settings in the HPARAMS tab with whether the run succeeded.

    What an earlier process wrote is void from epoch 1 on, since all of it comes again.
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
    """The run's id is the directory's name. WANDB_MODE, WANDB_PROJECT and the rest are heeded.

    A resumed run takes no epoch twice: W&B would drop it, with a warning each time.
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
