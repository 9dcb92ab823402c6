"""A model with all that learns with it: optimiser, schedule, averaged weights."""

from typing import Any

from torch import Tensor, nn
from torch.optim.swa_utils import update_bn

from archbench.networks.backend import Backend
from archbench.networks.classifier import Classifier, spread, to_float
from archbench.networks.vision import timm
from archbench.training import finetuning, interleaving
from archbench.training.optimisation import Schedule, make_optimizer
from archbench.training.recipe import Recipe

MEASURED = 5000
"""Training images that batch statistics are of. With 1,000 speednet had 0.1 points less."""


class Learner:
    """Its `state_dict` holds all that the next update depends on, but for the random numbers."""

    def __init__(self, model: Classifier, recipe: Recipe, updates: int, where: Backend) -> None:
        self.model = model
        self.frozen = recipe.fine_tune == "linear_probe"
        if self.frozen:
            finetuning.freeze_backbone(model)
        if where.interleaves:
            interleaving.adopt(model)
        self.where = where
        self.forward = where.compile(model)
        self.clip_norm = recipe.clip_norm
        self.batch_size = recipe.batch_size
        self.optimizer = make_optimizer(model, recipe)
        self.schedule = Schedule(self.optimizer, recipe, updates)
        self.average = recipe.ema_decay and timm.utils.ModelEmaV3(
            model, decay=recipe.ema_decay, use_warmup=True
        )

    @property
    def judged(self) -> nn.Module:
        """What validation sees and what is kept: the averaged weights if there are any."""
        return self.average.module if self.average else self.model

    def train(self) -> None:
        """Training mode, for all that learns."""
        self.model.train()
        if self.frozen:
            self.model.network.eval()

    def update(self, loss: Tensor, number: int) -> None:
        """One step down the loss's gradient, the `number`th of the run from 0."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.clip_norm:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.clip_norm)
        self.optimizer.step()
        if self.average:
            self.average.update(self.model, step=number)

    def settle(self, images_nhwc: Tensor) -> None:
        """Measure the averaged network's batch statistics anew, on some of these images.

        They are not the average of those before (Izmailov et al. 2018), which in a short run lags
        so far behind the weights that the network guesses. A frozen backbone keeps its own.
        """
        if self.average and not self.frozen:
            some = spread(images_nhwc, MEASURED)
            count = -(-len(some) // self.batch_size)
            # images may be sorted by class, and a batch has some of each
            batches = (to_float(some[first::count]) for first in range(count))
            with self.where.autocast():
                update_bn(batches, self.average.module)

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
