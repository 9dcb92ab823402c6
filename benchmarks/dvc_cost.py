"""What DVC itself costs as the matrix of cells (architecture × seed) grows, in CPU seconds.

    python benchmarks/dvc_cost.py [--cells N ...] [--rounds N] [REVISION ...]

Each revision's dvc.yaml is tried in a repository of its own, whose stages all take a command that
only makes their outputs and whose architectures are copies of one. So what is left is DVC: finding
that nothing is to do (`repro`, `status`), and running one cell or two that are asked for by name.
The revisions take turns, and medians are reported: user and system time of the command and of its
children, which other processes disturb less than they do the clock.
"""

import argparse
import io
import os
import re
import resource
import statistics
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dvc
import measure
from dvc.repo import Repo
from dvc.stage.serialize import to_single_stage_lockfile
from dvc.utils.serialize import dump_yaml
from ruamel.yaml import YAML

from archbench.base import files
from archbench.networks import backend

SEEDS = 10
ROUNDS = {50: 3, 200: 3, 1000: 1}
"""By the number of cells: a command takes a minute with 1,000."""
BY_FORCE = ("repro", "--force", "--single-item")
COMMANDS = {
    "nothing to do": ("repro",),
    "status": ("status",),
    "one cell": (*BY_FORCE, "train@a0-0"),
    "two cells": (*BY_FORCE, "train@a0-0", "train@a1-0"),
}


def run(*command: str, within: Path) -> str:
    done = subprocess.run(command, cwd=within, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def export(revision: str, to: Path) -> None:
    archive = subprocess.run(["git", "archive", revision], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(to, filter="data")


def build(revision: str, cells: int, root: Path) -> None:
    """The revision's pipeline of stubs with so many cells, all of them up to date."""
    export(revision, root)
    multiply(root, architectures=max(2, cells // SEEDS), seeds=min(cells // 2, SEEDS))
    replace_commands(root)
    run("git", "init", "--quiet", within=root)
    run("git", "add", "--all", within=root)
    with chdir(root), Repo() as repo, repo.lock:
        make_files(list(repo.index.stages))
        write_lock(list(repo.index.stages))


def multiply(root: Path, architectures: int, seeds: int) -> None:
    yaml, path = YAML(), root / "params.yaml"
    params = yaml.load(path)
    names = [f"a{number}" for number in range(architectures)]
    model = (root / "src/archbench/models/mlp.py").read_bytes()
    for name in names:
        (root / f"src/archbench/models/{name}.py").write_bytes(model)
        params["recipes"][params["recipe"]][name] = params["recipes"][params["recipe"]]["mlp"]
    params["architectures"], params["seeds"] = names, list(range(seeds))
    yaml.dump(params, path)


def replace_commands(root: Path) -> None:
    yaml, path = YAML(), root / "dvc.yaml"
    graph = yaml.load(path)
    for stage in graph["stages"].values():
        outputs = [name for kind in ("outs", "metrics", "plots") for name in stage.get(kind, [])]
        stage["cmd"] = " && ".join(made_by_shell(next(iter(as_dict(name)))) for name in outputs)
    yaml.dump(graph, path)


def as_dict(output: Any) -> dict[str, Any]:
    """An output with options is a mapping of one key already."""
    return output if isinstance(output, dict) else {output: None}


def made_by_shell(path: str) -> str:
    """A file where the path has a suffix, and a folder of one file where it has not."""
    is_file = Path(re.sub(r"\$\{.*?\}", "item", path)).suffix
    return f"echo > {path}" if is_file else f"mkdir -p {path} && echo > {path}/file"


def make_files(stages: list[Any]) -> None:
    """Everything that a stage reads or writes and the repository has not, as the shell makes it."""
    paths = {Path(item.fs_path) for stage in stages for item in (*stage.deps, *stage.outs)}
    for path in sorted(paths, reverse=True):  # what lies in a folder comes before that folder
        if not path.exists():
            file = path if path.suffix else path / "file"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("\n")


def write_lock(stages: list[Any]) -> None:
    """dvc.lock, as running all stages would leave it: that takes hours with 1,000 cells."""
    entries = {}
    for stage in stages:
        stage.save(run_cache=False)
        stage.commit()
        entries[stage.name] = to_single_stage_lockfile(stage)
    dump_yaml("dvc.lock", {"schema": "2.0", "stages": entries})


def cpu_seconds(command: tuple[str, ...], root: Path) -> float:
    """Of a command that runs the cells that it names and nothing else."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = run("dvc", *command, within=root)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert output.count("Running stage") == sum("@" in word for word in command), output
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def code_dependencies(root: Path) -> int:
    stage = YAML(typ="safe").load(root / "dvc.yaml")["stages"]["train"]
    return sum(path.startswith(("src/", "stages/")) for path in stage["deps"])


def measured(revisions: list[str], cells: int, rounds: int, folder: Path) -> Iterator[Any]:
    roots = {revision: folder / f"{cells}" / revision for revision in revisions}
    for revision, root in roots.items():
        build(revision, cells, root)
    spent: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            for revision, root in roots.items():
                spent.setdefault((revision, name), []).append(cpu_seconds(command, root))
    for revision, root in roots.items():
        median = {name: statistics.median(spent[revision, name]) for name in COMMANDS}
        yield {
            "revision": revision,
            "code dependencies of a cell": code_dependencies(root),
            "cells": cells,
            "rounds": rounds,
            "date": datetime.now(UTC).date().isoformat(),
            **{name: round(seconds, 2) for name, seconds in median.items()},
            "a further cell": round(median["two cells"] - median["one cell"], 2),
        }


def commit_of(revision: str) -> str:
    return run("git", "rev-parse", "--short", f"{revision}^{{commit}}", within=Path.cwd()).strip()


def earlier(revisions: list[str], cells: list[int]) -> list[dict[str, Any]]:
    """Rows of other revisions and sizes: an hour's figures are not lost to the next run."""
    path = measure.RESULTS / "dvc_cost.json"
    rows = files.read_json(path)["rows"] if path.exists() else []
    return [row for row in rows if row["revision"] not in revisions or row["cells"] not in cells]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("revisions", nargs="*", metavar="REVISION", default=["HEAD"])
    parser.add_argument("--cells", nargs="+", type=int, default=[50, 200, 1000])
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    revisions = [commit_of(revision) for revision in options.revisions]
    about = backend.configure("auto").describe() | {"dvc": dvc.__version__}
    rows = earlier(revisions, options.cells)
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["DVC_SITE_CACHE_DIR"] = f"{temporary}/site"
        for cells in options.cells:
            rounds = options.rounds or ROUNDS.get(cells, 1)
            rows += measured(revisions, cells, rounds, Path(temporary))
            measure.report("dvc_cost", about, rows)


if __name__ == "__main__":
    main()
