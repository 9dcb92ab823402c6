"""Seconds of an epoch against images, batch size, threads and seeds; and peak memory.

    python benchmarks/scaling.py [--toy]

Each row is a process of its own, so that threads and peak memory are its own; rounds of all
rows follow one another, and the medians are reported. `ratio` is to the group's first row.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import measure
import step
import torch

from archbench.networks import backend
from archbench.training import loop, run
from archbench.training.recipe import Recipe

USUAL = {"images": 10_000, "batch": 500, "threads": 2, "seeds": 1}
VARIED = {
    "images": (5_000, 10_000, 20_000),
    "batch": (125, 500, 1000),
    "threads": (1, 2),
    "seeds": (1, 2),
}


def measure_here(images: int, batch: int, threads: int, seeds: int) -> dict[str, float]:
    """The second of two epochs of speednet, for one seed after the other, checkpoints included."""
    torch.set_num_threads(threads)
    where = backend.configure("auto")
    pixels, labels = step.noise(images)
    examples = loop.Examples(images=where.upload(pixels), labels=where.upload(labels))
    few = loop.Examples(images=examples.images[:500], labels=examples.labels[:500])
    recipe = Recipe(
        optimizer="momentum", lr=0.01, batch_size=batch, epochs=2, augmentation=step.LIGHT
    )
    started, steps = time.perf_counter(), 0.0
    for seed in range(seeds):
        task = loop.Task(
            recipe=recipe, train=examples, validation=few, classes=10, seed=seed, backend=where
        )
        with tempfile.TemporaryDirectory() as directory:
            trained = loop.fit(run.make_model("speednet", task), task, Path(directory))
        steps += trained.curve[-1]["seconds"]
    return {
        "epoch_seconds": steps,
        "run_seconds": time.perf_counter() - started,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure_apart(settings: dict[str, int]) -> dict[str, float]:
    command = [sys.executable, __file__, "--here", json.dumps(settings)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def main(toy: bool) -> None:
    small = {"images": 200, "batch": 50, "threads": 1, "seeds": 1}
    usual, varied = (small, {"seeds": (1,)}) if toy else (USUAL, VARIED)
    cases = [(key, usual | {key: value}) for key in varied for value in varied[key]]
    rounds = [[measure_apart(settings) for _, settings in cases] for _ in range(1 if toy else 3)]
    rows: list[dict[str, Any]] = []
    for (varies, settings), *measured in zip(cases, *rounds, strict=True):
        medians = {key: statistics.median(one[key] for one in measured) for key in measured[0]}
        group = [row for row in rows if row["varies"] == varies]
        first = group[0]["epoch_seconds"] if group else medians["epoch_seconds"]
        ratio = medians["epoch_seconds"] / first
        rows.append({"varies": varies, **settings, **medians, "ratio": ratio})
    measure.report("scaling", measure.machine(256 if toy else 2048), rows)


if __name__ == "__main__":
    if "--here" in sys.argv:
        print(json.dumps(measure_here(**json.loads(sys.argv[-1]))))
    else:
        main("--toy" in sys.argv)
