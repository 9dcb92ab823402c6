"""Images/s of one training by one process and by several, which share the cores or have GPUs.

    python benchmarks/world_size.py [--toy]

On a CPU one process takes all threads; N take a share each. The sizes take turns, each in
processes of its own, and the medians are reported. `ratio` is to one process.
"""

import json
import os
import statistics
import subprocess
import sys
from typing import Any

import measure
import step
import torch

from archbench.networks import backend
from archbench.training import loop, run, world
from archbench.training.learner import Learner
from archbench.training.recipe import Recipe

CASES = (("speednet", 500), ("se_resnet", 128), ("resnet18", 128))
STEPS = 12
TORCHRUN = ("-m", "torch.distributed.run", "--standalone")


def measure_here(here: world.World, architecture: str, batch: int, steps: int) -> float:
    """Images/s of the median step of all processes together."""
    where = backend.configure("auto")
    pixels, labels = step.noise(batch * steps)
    examples = loop.Examples(images=where.upload(pixels), labels=where.upload(labels))
    recipe = Recipe(
        optimizer="momentum", lr=0.01, batch_size=batch, epochs=1, augmentation=step.LIGHT
    )
    task = loop.Task(
        recipe=recipe,
        train=examples,
        validation=examples,
        classes=10,
        seed=0,
        backend=where,
        world=here,
    )
    learner = Learner(run.make_model(architecture, task), recipe, steps, where, here)
    return loop.train_epoch(learner, task, epoch=0)["images_per_second"]


def measure_apart(size: int, *case: object) -> float:
    threads = str(max(1, torch.get_num_threads() // size))
    torchrun = [] if size == 1 else [*TORCHRUN, f"--nproc-per-node={size}"]
    command = [sys.executable, *torchrun, __file__, "--here", json.dumps(case)]
    environment = os.environ | {"OMP_NUM_THREADS": threads}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def main(toy: bool) -> None:
    sizes = (1, max(2, torch.cuda.device_count()))
    cases = [("mlp", 32, 3)] if toy else [(*case, STEPS) for case in CASES]
    rows: list[dict[str, Any]] = []
    for case in cases:
        rounds = [[measure_apart(size, *case) for size in sizes] for _ in range(1 if toy else 5)]
        one, several = (statistics.median(rates) for rates in zip(*rounds, strict=True))
        architecture, batch, _ = case
        names = {"architecture": architecture, "batch": batch, "processes": sizes[1]}
        rows.append(names | {"one": one, "several": several, "ratio": several / one})
    measure.report("world_size", measure.machine(256 if toy else 2048), rows)


if __name__ == "__main__":
    if "--here" in sys.argv:
        with world.join() as here:  # the other processes' lines go nowhere
            print(measure_here(here, *json.loads(sys.argv[-1])))
    else:
        main("--toy" in sys.argv)
