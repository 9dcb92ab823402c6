"""Training speed beside one busy process, against an idle machine.

    python benchmarks/neighbour.py [--toy]

`free` is what training does: each epoch takes the threads that are free at its start. Beside it
stand fixed counts. Each figure is a process of its own, of which the second epoch counts; rounds of
all follow one another, and the medians are reported. `share` is of the fastest on the idle machine.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import measure
import step

from archbench.networks import backend
from archbench.training import loop, run
from archbench.training.recipe import Recipe

ARCHITECTURE = "se_resnet"
BATCH, STEPS, ROUNDS = 64, 5, 3
BUSY = "while True: pass"


def measure_here(steps: int) -> dict[str, float]:
    """The second epoch's images/s, over all of its steps, and its threads."""
    where = backend.configure("auto")
    pixels, labels = step.noise(steps * BATCH)
    examples = loop.Examples(images=where.upload(pixels), labels=where.upload(labels))
    recipe = Recipe(optimizer="momentum", lr=0.01, batch_size=BATCH, epochs=2)
    task = loop.Task(
        recipe=recipe, train=examples, validation=examples, classes=10, seed=0, backend=where
    )
    with tempfile.TemporaryDirectory() as directory:
        trained = loop.fit(run.make_model(ARCHITECTURE, task), task, Path(directory))
    last = trained.curve[-1]
    return {"images_per_second": steps * BATCH / last["seconds"], "threads": last["threads"]}


def measure_apart(steps: int, threads: str, neighbours: int) -> dict[str, float]:
    environment = {key: value for key, value in os.environ.items() if key != "OMP_NUM_THREADS"}
    if threads != "free":
        environment["OMP_NUM_THREADS"] = threads
    command = [sys.executable, __file__, "--here", str(steps)]
    with busy(neighbours):
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


@contextmanager
def busy(neighbours: int) -> Iterator[None]:
    processes = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(neighbours)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def main(toy: bool) -> None:
    cores = os.cpu_count() or 1
    counts = ["free"] if toy else ["free", *map(str, range(1, cores + 1))]
    cases = [(neighbours, threads) for neighbours in (0, 1) for threads in counts]
    rounds = [
        [measure_apart(1 if toy else STEPS, threads, neighbours) for neighbours, threads in cases]
        for _ in range(1 if toy else ROUNDS)
    ]
    rows: list[dict[str, Any]] = []
    for (neighbours, threads), *measured in zip(cases, *rounds, strict=True):
        medians = {key: statistics.median(one[key] for one in measured) for key in measured[0]}
        rows.append({"neighbours": neighbours, "threads asked for": threads, **medians})
    fastest = max(row["images_per_second"] for row in rows if not row["neighbours"])
    for row in rows:
        row["share"] = row["images_per_second"] / fastest
    about = measure.machine(256 if toy else 2048)
    measure.report("neighbour", about | {"cores": cores, "architecture": ARCHITECTURE}, rows)


if __name__ == "__main__":
    if "--here" in sys.argv:
        print(json.dumps(measure_here(int(sys.argv[-1]))))
    else:
        main("--toy" in sys.argv)
