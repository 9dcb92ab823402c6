"""All that is measured on a GPU, in one go: correctness first, then steps, then whole runs.

    python benchmarks/gpu.py [--toy] [--minutes 20] [--data data]

Writes results/gpu.json after each part, so that a run that is cut off leaves what it had; a
goal's next seed is begun only if it can be expected to end in time. After a failed check the rest
is measured too, and the exit status is 1. Without a GPU only --toy makes sense.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import accuracy
import measure
import step
import torch

from archbench.networks import backend
from archbench.networks.weights import Weights
from archbench.training import checkpoint, loop, run
from archbench.training.augmentation import augment, draw
from archbench.training.loop import Task
from archbench.training.recipe import Augmentation, Recipe

HEAVY = Augmentation(crop=4, flip=0.5, rotation=15, perspective=0.5, jitter=0.2, hue=0.1, erase=0.3)
SEEDS = {"speednet-94": 10, "speednet-96": 3, "resnet18-94": 1, "resnet18-96": 1}
OPTIONS: dict[str, dict[str, Any]] = {
    "stochastic_depth_resnet": {"widths": [8, 16], "dropout": 0.3, "drop_path": 0.2},
    "se_resnet": {"widths": [8, 16], "dropout": 0.0},
    "speednet": {"widths": [8, 16]},
}


def small_task(architecture: str, compile: str) -> Task:
    """Everything random at once, on noise."""
    recipe = Recipe(
        optimizer="muon",
        lr=0.01,
        batch_size=64,
        epochs=2,
        clip_norm=1.0,
        cutmix_alpha=1.0,
        ema_decay=0.9,
        progressive_resizing=0.5,
        augmentation=HEAVY,
        options=OPTIONS[architecture],
    )
    where = backend.configure("auto", compile)
    images, labels = step.noise(192)
    examples = loop.Examples(images=where.upload(images), labels=where.upload(labels))
    return Task(
        recipe=recipe, train=examples, validation=examples, classes=10, seed=0, backend=where
    )


def fit(architecture: str, task: Task, directory: Path) -> Weights:
    return loop.fit(run.make_model(architecture, task), task, directory).last


def same(one: Weights, other: Weights) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


def check_augmentation() -> bool:
    """The device's images are the CPU's, but for rounding where a warp meets an edge."""
    where, images = backend.configure("auto"), torch.from_numpy(step.noise(256)[0])
    draws, fill = draw(256, (32, 32), HEAVY, 0, 0), torch.full((1, 3, 1, 1), 0.5)
    here = augment(images, draws, HEAVY, fill)
    moved = (images.to(where.device), draws.to(where.device), HEAVY, fill.to(where.device))
    difference = (augment(*moved).cpu() - here).abs()
    return bool((difference > 1e-3).float().mean() < 1e-3)


def check_determinism(architecture: str, compile: str) -> bool:
    """Twice the same, and the same again when resumed after the first of two epochs."""
    task = small_task(architecture, compile)
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        whole, again = (fit(architecture, task, Path(at)) for at in (first, second))
        for left in Path(second).glob("epoch-00002.*"):
            left.unlink()
        assert checkpoint.load(Path(second))
        return same(whole, again) and same(whole, fit(architecture, task, Path(second)))


def check_compiled() -> bool:
    """The compiled forward pass gives the eager one's logits."""
    task = small_task("se_resnet", "auto")
    model = run.make_model("se_resnet", task)
    images = torch.rand(64, 3, 32, 32, device=task.backend.device)
    images = images.contiguous(memory_format=torch.channels_last)
    with task.backend.autocast(), torch.no_grad():
        eager, compiled = model(images), task.backend.compile(model)(images)
    return bool((eager - compiled).abs().max() < 0.05 * eager.abs().max())


CHECKS: dict[str, Callable[[], bool]] = {
    "augmentation as on the CPU": check_augmentation,
    "compiled as eager": check_compiled,
} | {
    f"{name} {how}: deterministic, resumable": partial(check_determinism, name, compile)
    for name in ("stochastic_depth_resnet", "speednet")
    for how, compile in (("eager", "never"), ("compiled", "auto"))
}


def compare(architecture: str, batch: int, steps: int, rounds: int) -> dict[str, Any]:
    """Compiled against eager."""
    what = (step.ours, architecture, batch, max(4 * batch, 32 * steps))
    loops = {"compiled": (*what, "auto"), "eager": (*what, "never")}
    return step.compare(architecture, batch, steps, rounds, loops)


def measure_goal(name: str, seeds: int, data: accuracy.Data, ends: float) -> dict[str, Any]:
    """As many of the seeds as can be expected to end in time, the first in any case."""
    goal, runs, started = accuracy.GOALS.get(name, accuracy.TOY), [], time.monotonic()
    for seed in range(seeds):
        runs.append(accuracy.train(goal, seed, data))
        now = time.monotonic()
        if now + (now - started) / len(runs) > ends:
            break
    return accuracy.summary(name, goal, runs)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--toy", action="store_true")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--data", type=Path, default=Path("data"))
    options = parser.parse_args()
    ends = time.monotonic() + 60 * options.minutes
    about = measure.machine(256 if options.toy else 8192)
    results: dict[str, Any] = {"machine": about, "checks": [], "steps": [], "goals": []}

    def add(part: str, row: dict[str, Any]) -> None:
        results[part].append(row)
        measure.write("gpu", results)

    for name, check in CHECKS.items():
        add("checks", {"check": name, "passed": check()})

    for name in ["se_resnet"] if options.toy else step.ARCHITECTURES:
        for batch in (16,) if options.toy else (128, 512, 2048):
            row = compare(name, batch, *((1, 1) if options.toy else (30, 5)))
            add("steps", step.of_floor([row], about)[0])

    data = accuracy.noise() if options.toy else accuracy.read(options.data)
    for name, seeds in ({"toy": 1} if options.toy else SEEDS).items():
        if time.monotonic() < ends:
            add("goals", measure_goal(name, seeds, data, ends))
    measure.show(about, results["checks"], results["steps"], results["goals"])
    if failed := [row["check"] for row in results["checks"] if not row["passed"]]:
        raise SystemExit(f"failed: {'; '.join(failed)}")


if __name__ == "__main__":
    main()
