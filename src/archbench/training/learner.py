"""The state of training: model, optimiser, schedule, averaged weights."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import update_bn

from archbench.networks.backend import Backend
from archbench.networks.classifier import Classifier, subsample, to_float
from archbench.networks.images import Images
from archbench.networks.vision import timm
from archbench.training import finetuning, interleaving
from archbench.training.batch_norm import synchronise_norms
from archbench.training.optimisation import Schedule, make_optimizer
from archbench.training.recipe import Recipe
from archbench.training.world import ALONE, World

STATISTICS_IMAGES = 5000
"""Training images that batch norm's statistics are measured on. With 1,000 speednet's accuracy was
0.1 points lower."""


class Learner:
    """Its `state_dict` holds everything that the next update depends on but the random numbers."""

    def __init__(
        self,
        model: Classifier,
        recipe: Recipe,
        updates: int,
        backend: Backend,
        world: World = ALONE,
    ) -> None:
        self.model = model
        self.world = world
        self.frozen = recipe.fine_tune == "linear_probe"
        if self.frozen:
            finetuning.freeze_backbone(model)
        if backend.interleaves:
            interleaving.interleave_convolutions(model)
        if world.size > 1:
            synchronise_norms(model, backend.device)
        self.backend = backend
        self.forward = backend.compile(world.parallel(model))
        self.clip_norm = recipe.clip_norm
        self.batch_size = recipe.batch_size
        self.optimizer = make_optimizer(model, recipe)
        self.schedule = Schedule(self.optimizer, recipe, updates)
        self.average = recipe.ema_decay and timm.utils.ModelEmaV3(
            model, decay=recipe.ema_decay, use_warmup=True
        )

    @property
    def eval_model(self) -> nn.Module:
        """The model that is validated and saved: that of the averaged weights if there are any."""
        return self.average.module if self.average else self.model

    def train(self) -> None:
        """Set training mode; a frozen backbone stays in evaluation mode."""
        self.model.train()
        if self.frozen:
            self.model.network.eval()

    def update(self, loss: Tensor, number: int) -> None:
        """Take one optimiser step on a scalar loss: update `number` of the run, from 0."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.clip_norm:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.clip_norm)
        self.optimizer.step()
        if self.average:
            self.average.update(self.model, step=number)

    def update_batch_norm(self, images_nhwc: Images) -> None:
        """Measure batch norm's statistics for the averaged weights, on some of these uint8 images.

        An average of the earlier statistics would lag so far behind the weights in a short run that
        the network only guesses (Izmailov et al. 2018). A frozen backbone keeps its statistics.
        """
        if self.average and not self.frozen:
            some = torch.arange(len(images_nhwc))[subsample(len(images_nhwc), STATISTICS_IMAGES)]
            count = -(-len(some) // self.batch_size)
            # images may be sorted by class, and each batch needs all classes
            batches = (some[first::count] for first in range(count))
            shares = (batch[self.world.share(len(batch))] for batch in batches)
            with self.backend.autocast():
                update_bn((to_float(images_nhwc[share]) for share in shares), self.average.module)

    def state_dict(self) -> dict[str, Any]:
        return {name: part.state_dict() for name, part in self._parts()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name, part in self._parts():
            part.load_state_dict(state[name])

    def _parts(self) -> list[tuple[str, Any]]:
        parts = [
            ("model", self.model),
            ("optimizer", self.optimizer),
            ("schedule", self.schedule),
        ]
        return [*parts, ("average", self.average)] if self.average else parts
