"""An epoch on torch's device without data: whatever would wait for a value raises there.

So does most of what mixes devices. No GPU is needed to know that the loop keeps one busy.
"""

from contextlib import nullcontext

import pytest
import torch

from archbench.base import params
from archbench.networks import classifier
from archbench.networks.backend import Backend
from archbench.training import loop
from archbench.training.config import Training
from archbench.training.learner import Learner
from archbench.training.loop import Examples, Task

META = torch.device("meta")
STEPS = 4


class Elsewhere(Backend):
    """Of every precision's autocast, the device without data has none."""

    def autocast(self):
        return nullcontext()


def training(recipe: str) -> Training:
    values = params.load() | {"recipe": recipe, "budget": "full", "epochs": 1}
    return params.validate(Training, {key: values[key] for key in Training.model_fields})


def recipes() -> list[tuple[str, str]]:
    """Every set's own, as params.yaml has them."""
    sets = params.load()["recipes"]
    return [(kind, name) for kind in sets for name in sets[kind] if name != "shared"]


@pytest.fixture
def _generators_anywhere(monkeypatch):
    """timm's averaged weights ask for one on the device; none of its numbers are drawn."""
    generator = torch.Generator
    monkeypatch.setattr(torch, "Generator", lambda device=None: generator())


@pytest.mark.usefixtures("_generators_anywhere")
@pytest.mark.parametrize(("kind", "architecture"), recipes())
def test_an_epoch_waits_for_the_device_at_its_end_alone(monkeypatch, kind, architecture):
    recipe = training(kind).recipe_of(architecture)
    count = STEPS * recipe.batch_size
    noise = Examples(
        images=torch.empty((count, 32, 32, 3), dtype=torch.uint8, device=META),
        labels=torch.empty(count, dtype=torch.int64, device=META),
    )
    where = Elsewhere(device=META, dtype=torch.float32)
    task = Task(recipe=recipe, train=noise, validation=noise, classes=10, seed=0, backend=where)
    model = classifier.build(architecture, 10, (32, 32, 3), recipe.options).to(META)
    learner = Learner(model, recipe, STEPS, where)
    updates: list[None] = []
    update = learner.update
    monkeypatch.setattr(learner, "update", lambda *of: updates.append(update(*of)))
    with pytest.raises(RuntimeError, match=r"item\(\) cannot be called on meta tensors"):
        loop.train_epoch(learner, task, epoch=0)
    assert len(updates) == STEPS
