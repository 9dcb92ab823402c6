"""Images/s of a training step: our loop against the plain one, and against the machine's floor.

    python benchmarks/step.py [--toy]

`of floor` is the share of the machine's measured matrix product, in our step's precision, that
our step reaches; a training step counts as three forward passes.
"""

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import measure
import numpy as np
import plain
import torch
import torch.nn.functional as F

from archbench import backend
from archbench.evaluation import cost
from archbench.models import classifier
from archbench.training import loop
from archbench.training.learner import Learner
from archbench.training.recipe import Augmentation, Recipe

ARCHITECTURES = ("resnet18", "se_resnet")
IMAGES = 4096


def ours(architecture: str, batch: int, images: np.ndarray, labels: np.ndarray) -> Iterator[None]:
    """The body of `loop.train_epoch`, one step at a time."""
    recipe = Recipe(
        optimizer="momentum",
        lr=0.01,
        batch_size=batch,
        epochs=1,
        augmentation=Augmentation(crop=4, flip=0.5),
    )
    examples = loop.Examples(images=torch.from_numpy(images), labels=torch.from_numpy(labels))
    where = backend.choose("auto")
    task = loop.Task(
        recipe=recipe, train=examples, validation=examples, classes=10, seed=0, backend=where
    )
    learner = Learner(classifier.build(architecture, 10, (32, 32, 3), {}), recipe, updates=10**6)
    epoch = update = 0
    while True:
        for inputs, targets in loop.batches(learner, task, epoch):
            with where.autocast():
                logits = learner.model(inputs)
            learner.update(F.cross_entropy(logits.float(), targets), update)
            update += 1
            yield
        epoch += 1


def theirs(architecture: str, batch: int, images: np.ndarray, labels: np.ndarray) -> Iterator[None]:
    model = classifier.build(architecture, 10, (32, 32, 3), {})
    model = model.to(memory_format=torch.contiguous_format)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    for loaded in plain.forever(plain.Images(images, labels, heavy=False), batch):
        plain.step(model, optimizer, loaded)
        yield


def compare(architecture: str, batch: int, steps: int, rounds: int, count: int) -> dict[str, Any]:
    random = np.random.default_rng(0)
    images = random.integers(256, size=(count, 32, 32, 3), dtype=np.uint8)
    data = (architecture, batch, images, random.integers(10, size=count))
    loops = {"ours": ours(*data), "plain": theirs(*data)}

    def turn(name: str) -> int:
        return batch * sum(1 for _ in islice(loops[name], steps))

    rates = measure.interleave({name: lambda name=name: turn(name) for name in loops}, rounds)
    model = classifier.build(architecture, 10, (32, 32, 3), {})
    return {
        "architecture": architecture,
        "batch": batch,
        **rates,
        "ratio": rates["ours"] / rates["plain"],
        "gflops_per_s": 3 * cost.gflops(model, (3, 32, 32)) * rates["ours"],
    }


def main(toy: bool) -> None:
    about = measure.machine(256 if toy else 2048)
    if toy:
        rows = [compare("se_resnet", 16, steps=1, rounds=1, count=64)]
    else:
        cases = [(name, batch) for name in ARCHITECTURES for batch in (128, 512)]
        rows = [compare(*case, steps=1024 // case[1], rounds=5, count=IMAGES) for case in cases]
    floor = about[f"{about['precision']}_gflops"]
    measure.report("step", about, [row | {"of floor": row["gflops_per_s"] / floor} for row in rows])


if __name__ == "__main__":
    main("--toy" in sys.argv)
