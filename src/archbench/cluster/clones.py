"""A git clone for one cell: the commit's code, this repository's data, cache and remotes."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dvc.config import Config
from dvc.repo import Repo

from archbench.base import params
from archbench.base.errors import Refused
from archbench.base.params import Matrix
from archbench.cluster.worker import Work
from archbench.training.config import Training
from archbench.training.recipe import PRETRAINED, TIMM

PLACE = Path(".dvc/tmp/cells")
"""Where clones and logs lie, in the repository; git and DVC ignore it."""
RESUME = Path(".resume")


@contextmanager
def clone(root: Path, cell: str, commit: str, *, resume: Path, own_cache: bool) -> Iterator[Path]:
    """A clone of a commit of `root`, removed at the end.

    What the cell depends on and git has not is linked to `root`'s. Its unfinished state lies in
    `resume`. It has `root`'s cache, or, with `own_cache`, one that will hold nothing but the cell.
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
        link_inputs(root, made, cell)
        resume.mkdir(parents=True, exist_ok=True)
        (made / RESUME).symlink_to(resume.resolve(), target_is_directory=True)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def configure(root: Path, made: Path, own_cache: bool) -> None:
    """The remotes and the cache of `root`, whose paths DVC makes absolute as it reads them."""
    ours = Config(str(root / ".dvc"))
    cache = Path(ours["cache"].get("dir") or root / ".dvc/cache").resolve()
    with Config(str(made / ".dvc")).edit("local") as local:
        local["core"] = {**dict(ours["core"]), "autostage": False}
        local["remote"] = {name: dict(remote) for name, remote in ours["remote"].items()}
        local["cache"] = dict(ours["cache"]) | ({} if own_cache else {"dir": str(cache)})


def link_inputs(root: Path, made: Path, cell: str) -> None:
    """Links, so that a cell needs neither the space of the data nor the time to copy it."""
    with Repo(str(made)) as repo:
        (stage,) = repo.stage.collect(cell)
        paths = [Path(dep.def_path) for dep in stage.deps]
    for path in paths:
        if not (made / path).exists():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).symlink_to(root / path)
    for weights in (root / PRETRAINED).iterdir():
        if not (made / PRETRAINED / weights.name).exists():
            (made / PRETRAINED / weights.name).symlink_to(weights)


def portable(work: Work, cells: list[str]) -> Work:
    """The work with all that a machine needs which does not see this folder."""
    bundle = subprocess.run(
        ["git", "bundle", "create", "--quiet", "-", "HEAD"], capture_output=True, check=True
    )
    with Repo() as repo:
        stages = [stage for cell in cells for stage in repo.stage.collect(cell)]
        paths = {dep.def_path for stage in stages for dep in stage.deps}
        outs = [Path(out.def_path) for out in repo.index.outs]
        inputs = sorted(path for path in paths if any(map(Path(path).is_relative_to, outs)))
        remote = repo.config["core"]["remote"]
        settings = repo.config["remote"][remote]
    section = [f"['remote \"{remote}\"']", *(f"{key} = {value}" for key, value in settings.items())]
    local = "\n".join(["[core]", f"remote = {remote}", *section, ""])
    return replace(
        work,
        bundle=bundle.stdout,
        inputs=tuple(inputs),
        files={"dvc.lock": Path("dvc.lock").read_text(), ".dvc/config.local": local},
    )


def refuse_what_stays_here() -> None:
    """Refused if machines that do not see this folder could not train its cells.

    Without a default remote of DVC they could not give back what they train; and files that weights
    begin from are in no cache.
    """
    with Repo() as repo:
        if not repo.config["core"].get("remote"):
            raise Refused(
                "a machine of the cluster does not see this folder, and DVC has no default remote "
                "to pass data through: run dvc remote add --default NAME URL"
            )
    config = params.read(Training)
    for name in params.read(Matrix).architectures:
        init_from = config.recipe_of(name).init_from
        if init_from and not init_from.startswith(TIMM):
            raise Refused(
                f"params.yaml: recipes.{config.recipe}.{name}.init_from = {init_from!r}: a machine "
                f"of the cluster does not see this folder, so it has no {PRETRAINED / init_from}"
            )
