"""Images/s through the light list (crop, flip) and the heavy one: ours against torchvision's.

python benchmarks/augmentation.py [--toy]
"""

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import measure
import numpy as np
import plain
import torch

from archbench.networks import backend
from archbench.training.augmentation import augment, draw
from archbench.training.recipe import Augmentation

LISTS = {
    "light": Augmentation(crop=4, flip=0.5),
    "heavy": Augmentation(flip=0.5, rotation=15, perspective=0.5, jitter=0.2, hue=0.1, erase=0.3),
}
FILL = torch.full((1, 3, 1, 1), 0.5)


def images_of_noise(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(256, size=(count, 32, 32, 3), dtype=np.uint8)


def ours(name: str, count: int, batch: int) -> Iterator[torch.Tensor]:
    """As the loop does it: an epoch's draws at once, then batch by batch."""
    backend.configure("auto")  # and its way with memory
    images, how, epoch = torch.from_numpy(images_of_noise(count)), LISTS[name], 0
    while True:
        draws = draw(count, (32, 32), how, 0, epoch)
        for index in torch.randperm(count).split(batch):
            yield augment(images[index], draws[index], how, FILL)
        epoch += 1


def theirs(name: str, count: int, batch: int) -> Iterator[list[torch.Tensor]]:
    images = plain.Images(images_of_noise(count), np.zeros(count), heavy=name == "heavy")
    return plain.forever(images, batch)


def compare(name: str, count: int, batch: int, rounds: int, rest: float) -> dict[str, Any]:
    """An epoch is one turn. Workers fetch four batches ahead: they do it in the rest before our
    turn, and have an eighth of the epoch ready when theirs begins."""
    what, steps = (name, count, batch), count // batch

    def turn(advance: Any) -> int:
        return batch * int(advance(steps))

    with measure.apart(ours, *what) as us, measure.apart(theirs, *what) as them:
        turns = {"ours": partial(turn, us), "torchvision": partial(turn, them)}
        rates = measure.interleave(turns, rounds, rest)
    return {"list": name, **rates, "ratio": rates["ours"] / rates["torchvision"]}


def main(toy: bool) -> None:
    sizes = (256, 64, 1, 0.0) if toy else (16_384, 512, 7, 3.0)
    rows = [compare(name, *sizes) for name in LISTS]
    measure.report("augmentation", measure.machine(256 if toy else 2048), rows)


if __name__ == "__main__":
    main("--toy" in sys.argv)
