"""What tests/training/test_world.py starts by torchrun: trains, and saves what came of it.

Without torchrun one process does the same. Its arguments are the file to write and names of
NETWORKS.
"""

import sys
from pathlib import Path
from typing import Any

import torch
from test_loop import examples

from archbench.networks import backend
from archbench.training import loop, run, world
from archbench.training.loop import Task
from archbench.training.recipe import Augmentation, Recipe

NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "no norm": ("mlp", {"options": {"dropout": 0.0}}),
    "batch norm": (
        "se_resnet",
        {"lr": 0.003, "options": {"widths": [4, 8], "dropout": 0.0}, "ema_decay": 0.9},
    ),
    "odd batches": (
        "se_resnet",
        {
            "lr": 0.003,
            "options": {"widths": [4, 8], "dropout": 0.0},
            "batch_size": 15,
            "cutmix_alpha": 0.0,
        },
    ),
}
AUGMENTATION = Augmentation(crop=2, flip=0.5, rotation=10.0, jitter=0.3, erase=0.5)


def task(changes: dict[str, Any], here: world.World) -> Task:
    """40 updates; mixed, augmented and clipped."""
    recipe = {
        "optimizer": "momentum",
        "lr": 0.05,
        "batch_size": 16,
        "epochs": 8,
        "clip_norm": 1.0,
        "cutmix_alpha": 1.0,
        "mix_probability": 0.5,
        "augmentation": AUGMENTATION,
    }
    return Task(
        recipe=Recipe.model_validate(recipe | changes),
        train=examples(90, seed=0),
        validation=examples(41, seed=1),
        classes=4,
        seed=0,
        backend=backend.configure("fp32"),
        world=here,
    )


def main(file: Path, *names: str) -> None:
    found = {}
    with world.join() as here:
        for name in names:
            architecture, changes = NETWORKS[name]
            asked = task(changes, here)
            model = run.make_model(architecture, asked)
            directory = file.parent / name
            directory.mkdir(exist_ok=True)
            result = loop.fit(model, asked, directory)
            own = {"own": model.state_dict(), "noise": torch.initial_seed()}
            found[name] = {"last": result.last, "curve": result.curve, **own}
        torch.save(found, f"{file}.{here.rank}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]), *sys.argv[2:])
