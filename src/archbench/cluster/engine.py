"""Ray, as far as cells need it: a task for each, with its cores and its GPUs, tried again if lost.

Ray decides what runs where and when. It is imported as it is used: the extra `cluster` installs it.
"""

import os
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archbench.base.errors import Refused
from archbench.cluster import worker
from archbench.cluster.worker import Work

RETRIES = 3
"""After the loss of a worker or of its node; a cell that fails by itself is not tried again."""
REACH_SECONDS = 10.0
POLL_SECONDS = 0.5
STORE_BYTES = 2**28
"""Ray's own memory on one machine, where nothing but lines of text passes through it."""
LOG_OF_A_LOST_NODE = "Raylet is terminated|has been marked dead"
"""Twenty lines; that the cell is tried again, and why, is one of its own."""

Event = tuple[str, str | tuple[int, list[str]]]
"""A cell and its line, or, at its end, its exit status and last lines."""


def must_be_installed() -> None:
    if find_spec("ray") is None:
        raise Refused(
            "Ray, which `archbench launch` starts cells with, is not installed; "
            "run: pip install --editable '.[cluster]'"
        )


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Ray's cluster at `address`, or one of this machine alone that ends with the block."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # asks a server of its makers' otherwise
    os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", LOG_OF_A_LOST_NODE)
    import ray

    options: dict[str, Any] = {"logging_level": "ERROR", "log_to_driver": False}
    if address is None:
        local = {"include_dashboard": False, "object_store_memory": STORE_BYTES}
        ray.init(address="local", **local, **options)
    else:
        _refuse_unreachable(address)
        try:
            ray.init(address=address, **options)
        except Exception as error:  # Ray's, of several kinds
            raise Refused(f"--address {address}: {' '.join(str(error).split())}") from None
    ray.cloudpickle.register_pickle_by_value(worker)
    try:
        yield
    finally:
        ray.shutdown()


def _refuse_unreachable(address: str) -> None:
    """Ray itself tries for a minute."""
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=REACH_SECONDS).close()
    except (OSError, ValueError) as error:
        raise Refused(
            f"--address {address}: no Ray head answers there ({error}); "
            "should be auto, or host:port of what `ray start --head` names"
        ) from None


def gpus_of(asked: float | None) -> float:
    """GPUs of a cell: what is asked for; else one where there are some."""
    return min(1.0, _most("GPU")) if asked is None else asked


def refuse_too_large(cpus: int, gpus: float) -> None:
    """Ray would wait for ever for a node that is large enough."""
    for option, kind, asked in (("cpus", "CPU", cpus), ("gpus", "GPU", gpus)):
        if asked > _most(kind):
            raise Refused(
                f"--{option}-per-cell {asked:g}: should be at most {_most(kind):g}, "
                f"the {kind}s of the largest machine"
            )


def _most(kind: str) -> float:
    import ray

    return max(node["Resources"].get(kind, 0.0) for node in ray.nodes() if node["Alive"])


def all_see(mark: Path, commit: str) -> bool:
    """Whether every node has the project's folder before it, this machine's or a shared one."""
    import ray

    look = ray.remote(num_cpus=0)(worker.sees)
    nodes = [node["NodeID"] for node in ray.nodes() if node["Alive"]]
    seen = [look.options(**_on(node)).remote(mark, commit) for node in nodes]
    return all(ray.get(seen))


def _on(node: str) -> dict[str, Any]:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return {"scheduling_strategy": NodeAffinitySchedulingStrategy(node, soft=False)}


def run(work: Work, cells: list[str], most: int | None) -> Generator[Event, None, None]:
    """Train the cells, `most` at a time; what they print, and how each ends, as it happens.

    Whoever stops listening ends them.
    """
    import ray

    here = ray.get_runtime_context().get_node_id()
    board = ray.remote(num_cpus=0)(worker.Board).options(**_on(here)).remote()
    room = {"num_cpus": work.threads, "num_gpus": work.gpus}
    task = ray.remote(**room, max_retries=RETRIES)(worker.train)
    shared, waiting = ray.put(work), list(reversed(cells))
    running: dict[Any, str] = {}
    try:
        while waiting or running:
            while waiting and len(running) < (most or len(cells)):
                cell = waiting.pop()
                running[task.options(name=cell).remote(shared, cell, board)] = cell
            ended, _ = ray.wait(list(running), timeout=POLL_SECONDS)
            yield from ray.get(board.take.remote())
            for task_ref in ended:
                yield running.pop(task_ref), _outcome(task_ref)
    finally:
        for task_ref in running:
            ray.cancel(task_ref, force=True)


def _outcome(task: Any) -> tuple[int, list[str]]:
    import ray

    try:
        return ray.get(task)
    except ray.exceptions.RayError as error:  # lost too often, or its node could not settle
        return 1, str(error).splitlines()[-worker.TAIL :]
