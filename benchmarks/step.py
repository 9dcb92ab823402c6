"""Images/s of a training step: our loop, the plain one, an expert's, and the machine's floor.

    python benchmarks/step.py [--toy]

The loops take turns, each in a process of its own: what ours asks of the allocator would speed
up the plain one too. `of floor` is the share of the machine's measured matrix product, in our
step's precision, that our step reaches; a training step counts as three forward passes.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import measure
import numpy as np
import plain
import torch
import torch.nn.functional as F

from archbench.networks import backend, classifier
from archbench.training import loop
from archbench.training.learner import Learner
from archbench.training.recipe import Augmentation, Recipe

ARCHITECTURES = ("resnet18", "se_resnet", "vit", "speednet")
LIGHT = Augmentation(crop=4, flip=0.5)
Loop = tuple[Any, ...]
"""A function that makes a loop, and its arguments."""


def noise(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of no meaning: a step takes as long on any."""
    random = np.random.default_rng(0)
    images = random.integers(256, size=(count, 32, 32, 3), dtype=np.uint8)
    return images, random.integers(10, size=count)


def ours(architecture: str, batch: int, count: int, compile: str) -> Iterator[None]:
    """The body of `loop.train_epoch`, one step at a time."""
    where = backend.configure("auto", compile)
    images, labels = (where.upload(array) for array in noise(count))
    examples = loop.Examples(images=images, labels=labels)
    recipe = Recipe(optimizer="momentum", lr=0.01, batch_size=batch, epochs=1, augmentation=LIGHT)
    task = loop.Task(
        recipe=recipe, train=examples, validation=examples, classes=10, seed=0, backend=where
    )
    model = classifier.build(architecture, 10, (32, 32, 3), {}).to(where.device)
    learner = Learner(model, recipe, 10**6, where)
    epoch = update = 0
    while True:
        for inputs, targets in loop.batches(learner, task, epoch):
            with where.autocast():
                logits = learner.forward(inputs)
            learner.update(F.cross_entropy(logits.float(), targets), update)
            update += 1
            yield
        epoch += 1


def theirs(architecture: str, batch: int, count: int, expert: bool) -> Iterator[None]:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = classifier.build(architecture, 10, (32, 32, 3), {}).to(device)
    layout = torch.channels_last if expert else torch.contiguous_format
    model = model.to(memory_format=layout)  # type: ignore[call-overload]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    for loaded in plain.forever(plain.Images(*noise(count), heavy=False), batch):
        plain.step(model, optimizer, [part.to(device) for part in loaded], expert)
        yield


def compare(
    architecture: str, batch: int, steps: int, rounds: int, loops: dict[str, Loop]
) -> dict[str, Any]:
    """The first loop's rate is set beside each other's, and beside the model's operations."""

    def turn(advance: Any) -> int:
        return batch * int(advance(steps))

    with ExitStack() as stack:
        turns = {
            name: partial(turn, stack.enter_context(measure.apart(*loop)))
            for name, loop in loops.items()
        }
        rates = measure.interleave(turns, rounds)
    first = next(iter(rates.values()))
    others = list(rates)[1:]
    forward = classifier.gflops(classifier.build(architecture, 10, (32, 32, 3), {}), (3, 32, 32))
    return {
        "architecture": architecture,
        "batch": batch,
        **rates,
        **{f"to {other}": first / rates[other] for other in others},
        "gflops_per_s": 3 * forward * first,
    }


def against_plain(
    architecture: str, batch: int, steps: int, rounds: int, count: int
) -> dict[str, Any]:
    what = (architecture, batch, count)
    loops: dict[str, Loop] = {
        "ours": (ours, *what, "auto"),
        "plain": (theirs, *what, False),
        "expert": (theirs, *what, True),
    }
    return compare(architecture, batch, steps, rounds, loops)


def of_floor(rows: list[dict[str, Any]], about: dict[str, Any]) -> list[dict[str, Any]]:
    floor = about[f"{about['precision']}_gflops"]
    return [row | {"of floor": row["gflops_per_s"] / floor} for row in rows]


def main(toy: bool) -> None:
    about = measure.machine(256 if toy else 2048)
    if toy:
        rows = [against_plain("se_resnet", 16, steps=1, rounds=1, count=64)]
    else:
        cases = [(name, batch) for name in ARCHITECTURES for batch in (128, 512)]
        rows = [against_plain(*case, 1024 // case[1], rounds=5, count=4096) for case in cases]
    measure.report("step", about, of_floor(rows, about))


if __name__ == "__main__":
    main("--toy" in sys.argv)
