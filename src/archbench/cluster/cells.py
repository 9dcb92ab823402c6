"""The cells of the matrix (architecture × seed) as DVC sees them: found, recovered, merged.

    python -m archbench.cluster.cells

recovers what the run cache has, and names the cells that are left to train, one in each line.

DVC parses and rewrites dvc.lock for every stage that runs, which grows with the square of the
matrix (treeverse/dvc#10629). Here all cells are written to it at once.
"""

import logging

import networkx
from dvc.repo import Repo
from dvc.stage import Stage
from dvc.stage.cache import RunCacheNotFoundError

from archbench.cluster.read_once import params_read_once

STAGE = "train"


def independent() -> list[str]:
    """The stages that need no training, those before it among them: what launch runs here first."""
    with Repo() as repo:
        graph = repo.index.graph  # from a stage to what it depends on
        trained = [stage for stage in graph if is_cell(stage.name)]
        later = {after for stage in trained for after in networkx.ancestors(graph, stage)}
        return sorted(stage.name for stage in set(graph) - later - set(trained))


def is_cell(name: str) -> bool:
    return name.startswith(f"{STAGE}@")


def recover(pull: bool) -> tuple[list[str], list[str]]:
    """Check out and merge into dvc.lock every cell that the run cache has; (had, lacking) cells.

    With `pull`, the run cache of the default remote counts too.
    """
    with params_read_once(), Repo() as repo, repo.lock:
        if pull:
            repo.stage_cache.pull(None)
        cells = list(repo.stage.collect(STAGE))
        changed = [cell for cell in cells if cell.changed()]
        merged = [cell for cell in changed if restore(cell, pull)]
        if merged:
            merged[0].dvcfile._lockfile.dump_stages(merged)
        lacking = {cell.name for cell in changed} - {cell.name for cell in merged}
        had = [cell.name for cell in cells if cell.name not in lacking]
        return had, [cell.name for cell in cells if cell.name in lacking]


def restore(cell: Stage, pull: bool) -> bool:
    """As `dvc repro` restores a stage, but for dvc.lock; False if the run cache lacks it."""
    cell.remove_outs()  # they are of other parameters, or unfinished
    try:
        cell.repo.stage_cache.restore(cell, pull=pull)
    except RunCacheNotFoundError:
        return False
    cell.save(run_cache=False)
    cell.commit()
    return True


if __name__ == "__main__":
    logging.getLogger("dvc").setLevel(logging.WARNING)  # its words would stand among the cells
    print("".join(f"{cell}\n" for cell in recover(pull=False)[1]), end="")
