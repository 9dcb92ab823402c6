"""Ratios, not times: candidates take turns in one process, and medians are reported.

The machine may be shared, so a figure counts only beside one that was taken between the same
two of its neighbours.
"""

import json
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from archbench.networks import backend

RESULTS = Path("results")
Turn = Callable[[], int]
"""Does some work and says how many images it was."""


def interleave(turns: Mapping[str, Turn], rounds: int, rest: float = 0.0) -> dict[str, float]:
    """Median images/s of each, A B A B …; one round before them warms up.

    A rest of some seconds before each turn lets what the last one left running come to its end.
    """
    rates: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds + 1):
        for name, turn in turns.items():
            time.sleep(rest)
            started = time.perf_counter()
            images = turn()
            wait()
            if number:
                rates[name].append(images / (time.perf_counter() - started))
    return {name: statistics.median(values) for name, values in rates.items()}


@contextmanager
def apart(make: Callable[..., Iterator[Any]], *arguments: Any) -> Iterator[Callable[[int], Any]]:
    """A loop in a process of its own, so that memory and threads are its own: call to step it."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, make, arguments))
    process.start()
    there.close()

    def advance(steps: int) -> Any:
        here.send(steps)
        return here.recv()

    yield advance
    here.send(0)
    process.join()


def _serve(
    pipe: Connection, make: Callable[..., Iterator[Any]], arguments: tuple[Any, ...]
) -> None:
    loop = make(*arguments)
    while steps := pipe.recv():
        for _ in islice(loop, steps):
            pass
        wait()
        pipe.send(steps)


def wait() -> None:
    """For what a GPU still has to do."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def machine(size: int = 2048) -> dict[str, Any]:
    """What the figures were taken on, and the floor: its matrix product and its memory."""
    where = backend.configure("auto")
    return where.describe() | {
        "date": datetime.now(UTC).date().isoformat(),
        "fp32_gflops": round(matrix_product(torch.float32, size, where.device)),
        "bf16_gflops": round(matrix_product(torch.bfloat16, size, where.device)),
        "copy_gb_per_s": round(memory_copy(size, where.device), 1),
    }


def matrix_product(dtype: torch.dtype, size: int, device: torch.device) -> float:
    """Median 10⁹ operations per second of a square product, a multiply-add counting as two."""
    matrix = torch.randn(size, size, device=device).to(dtype)
    return 2 * size**3 / _median_seconds(lambda: matrix @ matrix) / 1e9


def memory_copy(size: int, device: torch.device) -> float:
    """Median GB/s, read and written bytes counted."""
    source = torch.randn(4 * size, size, device=device)
    target = torch.empty_like(source)
    return 2 * source.nbytes / _median_seconds(lambda: target.copy_(source)) / 1e9


def _median_seconds(work: Callable[[], Any], times: int = 7) -> float:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        wait()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def report(name: str, about: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Print a table, and write it with the machine to results/<name>.json."""
    write(name, {"machine": about, "rows": rows})
    show(about, rows)


def write(name: str, results: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(results, indent=2) + "\n")


def show(about: dict[str, Any], *tables: list[dict[str, Any]]) -> None:
    print(", ".join(f"{key} {value}" for key, value in about.items() if key != "versions"))
    for rows in tables:
        print(pd.DataFrame(rows).to_string(index=False, float_format="{:,.3g}".format))
