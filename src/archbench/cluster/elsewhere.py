"""What a machine needs to train cells that does not see the folder of the one that launches."""

import subprocess
from dataclasses import replace
from pathlib import Path

from dvc.repo import Repo

from archbench.base import params
from archbench.base.errors import Refused
from archbench.base.params import Matrix
from archbench.cluster.worker import Work
from archbench.training.config import Training
from archbench.training.recipe import PRETRAINED, TIMM


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
