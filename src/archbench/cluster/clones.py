"""A git clone for one cell: the commit's code, this repository's data, cache and remotes."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dvc.config import Config
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.stage import Stage

from archbench.base.errors import Refused
from archbench.training.recipe import PRETRAINED

PLACE = Path(".dvc/tmp/cells")
"""Where clones and logs lie, in the repository; git and DVC ignore it."""
RESUME = Path(".resume")


@contextmanager
def clone(root: Path, cell: str, commit: str, *, resume: Path, own_cache: bool) -> Iterator[Path]:
    """A clone of a commit of `root`, removed at the end.

    The cell's unfinished state lies in `resume`. The cache is `root`'s, or, with `own_cache`, one
    that will hold nothing but the cell.
    """
    made = root / PLACE / cell
    shutil.rmtree(made, ignore_errors=True)  # of a killed worker
    copy = ["git", "clone", "--quiet", "--shared", "--no-checkout", str(root), str(made)]
    try:
        subprocess.run(copy, check=True)
        subprocess.run(["git", "checkout", "--quiet", "--detach", commit], cwd=made, check=True)
        configure(root, made, own_cache)
        # with no other cell in it, DVC has nothing to parse: seconds per cell in a large matrix
        (made / "dvc.lock").unlink(missing_ok=True)
        resume.mkdir(parents=True, exist_ok=True)
        (made / RESUME).symlink_to(resume.resolve(), target_is_directory=True)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def configure(root: Path, made: Path, own_cache: bool) -> None:
    """The remotes and the cache of `root`, whose paths DVC makes absolute as it reads them."""
    ours = Config(str(root / ".dvc"))
    cache = dict(ours["cache"])
    place = Path(cache.pop("dir", root / ".dvc/cache")).resolve()
    with Config(str(made / ".dvc")).edit("local") as local:
        local["core"] = dict(ours["core"]) | {"autostage": False}
        local["remote"] = {name: dict(remote) for name, remote in ours["remote"].items()}
        local["cache"] = cache if own_cache else cache | {"dir": str(place)}


def stage_of(repo: Repo, cell: str) -> Stage:
    try:
        (stage,) = repo.stage.collect(cell)
    except (DvcException, ValueError):
        raise Refused(f"{cell}: should be train@ARCHITECTURE-SEED, both in params.yaml") from None
    return stage


def link_inputs(root: Path, stage: Stage) -> None:
    """Links, so that a cell needs neither the space of the data nor the time to copy it."""
    made = Path(stage.repo.root_dir)
    for path in (Path(dep.def_path) for dep in stage.deps):
        if not (made / path).exists():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).symlink_to(root / path)
    for weights in (root / PRETRAINED).iterdir():
        if not (made / PRETRAINED / weights.name).exists():
            (made / PRETRAINED / weights.name).symlink_to(weights)
