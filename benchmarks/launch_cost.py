"""What `archbench launch` and DVC cost for each cell, with trainings that only sleep.

    python benchmarks/launch_cost.py [--cells N ...] [--workers N] [--sleep SECONDS] [REVISION]

The revision's pipeline has stubs for commands, as in dvc_cost.py, and nothing has run. CPU seconds
are user and system time of all processes, Ray's own included. Then `dvc repro` finds nothing to do.
"""

import argparse
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import chdir, suppress
from pathlib import Path
from typing import Any

import dvc
import dvc_cost
import measure
import psutil
import ray
from dvc.repo import Repo
from ruamel.yaml import YAML

from archbench.networks import backend

_PR_SET_CHILD_SUBREAPER = 36
IDENTITY = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org")


def build(revision: str, cells: int, sleep: float, root: Path) -> None:
    """A repository of its own whose every stage is a stub, committed."""
    dvc_cost.export(revision, root)
    (root / "dvc.lock").unlink(missing_ok=True)
    dvc_cost.run("git", "init", "--quiet", within=root)
    dvc_cost.multiply(root, max(2, cells // dvc_cost.SEEDS), min(cells // 2, dvc_cost.SEEDS))
    dvc_cost.replace_commands(root)
    yaml, path = YAML(), root / "dvc.yaml"
    graph = yaml.load(path)
    graph["stages"]["train"]["cmd"] = f"sleep {sleep} && {graph['stages']['train']['cmd']}"
    for stage, file in parts(root):
        graph["stages"][stage]["cmd"] += f" && echo > {file}"
    yaml.dump(graph, path)
    dvc_cost.run("git", "add", "--all", within=root)
    dvc_cost.run("git", *IDENTITY, "commit", "--quiet", "--message", "stubs", within=root)


def parts(root: Path) -> Iterator[tuple[str, str]]:
    """What stages depend on of other stages' folders: those stages, and the files."""
    with chdir(root), Repo() as repo:
        stages = list(repo.index.stages)
    needed = sorted({dep.def_path for stage in stages for dep in stage.deps})
    for stage in stages:
        for out in stage.outs:
            inside = (path for path in needed if Path(out.def_path) in Path(path).parents)
            yield from ((stage.name, path) for path in inside)


def spent(command: list[str], root: Path) -> tuple[float, float, str]:
    """Seconds of the clock, CPU seconds of all descendants, and what was printed."""
    began, before = time.monotonic(), cpu_seconds()
    workers: dict[tuple[int, float], float] = {}
    environment = os.environ | {"PYTHONPATH": str(root / "src"), "OMP_NUM_THREADS": "1"}
    with (root.parent / f"{root.name}.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=root, stdout=log, env=environment
        )
        while process.poll() is None:
            workers |= of_workers(process.pid)
            time.sleep(0.2)
        seconds = time.monotonic() - began
        log.seek(0)
        printed = log.read()
    assert process.returncode == 0, printed
    with suppress(ChildProcessError):  # what Ray left behind is this process's, and is counted
        while True:
            os.wait()
    return seconds, cpu_seconds() - before + sum(workers.values()), printed


def of_workers(launch: int) -> dict[tuple[int, float], float]:
    """CPU seconds of each of Ray's workers and its cells so far: Ray's daemon forgets them."""
    found: dict[tuple[int, float], float] = {}
    with suppress(psutil.Error):
        for process in psutil.Process(launch).children(recursive=True):
            with suppress(psutil.Error):
                parent = process.parent()
                if parent and parent.name() == "raylet":
                    found[process.pid, process.create_time()] = sum(process.cpu_times()[:4])
    return found


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(revision: str, cells: int, workers: int, sleep: float, root: Path) -> dict[str, Any]:
    build(revision, cells, sleep, root)
    launch = ["-m", "archbench.cli", "launch", "--cpus-per-cell", "1", "--workers", str(workers)]
    seconds, cpu, printed = spent(launch, root)
    assert f"0 of {cells} cells are trained already" in printed, printed
    assert "Running stage 'train@" not in printed, printed
    nothing_seconds, nothing_cpu, printed = spent(["-m", "dvc", "repro"], root)
    assert "Running stage" not in printed, printed
    return {
        "cells": cells,
        "workers": workers,
        "seconds asleep": sleep,
        "seconds": round(seconds, 1),
        "CPU seconds a cell": round(cpu / cells, 2),
        "dvc repro, nothing to do": round(nothing_seconds, 1),
        "its CPU seconds": round(nothing_cpu, 1),
    }


def rows(options: argparse.Namespace, folder: Path) -> Iterator[dict[str, Any]]:
    revision = dvc_cost.commit_of(options.revision)
    for cells in options.cells:
        root = folder / str(cells)
        row = measured(revision, cells, options.workers, options.sleep, root)
        yield {"revision": revision, **row}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("revision", nargs="?", default="HEAD")
    parser.add_argument("--cells", nargs="+", type=int, default=[60, 1000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sleep", type=float, default=1.0)
    options = parser.parse_args()
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    about = backend.configure("auto").describe()
    about |= {"dvc": dvc.__version__, "ray": ray.__version__}
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["DVC_SITE_CACHE_DIR"] = f"{temporary}/site"
        for row in rows(options, Path(temporary)):
            found.append(row)
            measure.report("launch_cost", about, found)


if __name__ == "__main__":
    main()
