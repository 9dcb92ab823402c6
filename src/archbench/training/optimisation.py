"""Optimiser and schedule of a recipe."""

from collections.abc import Callable
from typing import Any

from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR

from archbench.training.recipe import Recipe
from archbench.vision import timm


def make_optimizer(model: nn.Module, recipe: Recipe) -> Optimizer:
    """By timm's names, in two groups: matrices and filters, and vectors (biases, norms).

    Weight decay reaches every parameter, as the recipes' authors had it, and draws vectors in
    as fast as matrices whatever their learning rate. Muon leaves vectors to AdamW.
    """
    learned = [weight for weight in model.parameters() if weight.requires_grad]
    vectors = {
        "params": [weight for weight in learned if weight.ndim < 2],
        "lr": recipe.lr * recipe.vector_lr,
        "weight_decay": recipe.weight_decay / recipe.vector_lr,
    }
    matrices = {"params": [weight for weight in learned if weight.ndim >= 2]}
    optimizer: Optimizer = timm.optim.create_optimizer_v2(
        [matrices, vectors],
        opt=recipe.optimizer,
        lr=recipe.lr,
        weight_decay=recipe.weight_decay,
        momentum=recipe.momentum,
    )
    return optimizer


class Schedule:
    """Sets the learning rate before each update, counted from 0 over the whole run."""

    def __init__(self, optimizer: Optimizer, recipe: Recipe, updates: int) -> None:
        self.optimizer = optimizer
        self.scheduler, self.set_rate = _SCHEDULES[recipe.schedule](optimizer, recipe, updates)

    def advance(self, update: int) -> float:
        """The learning rate of this update (of the first parameter group)."""
        self.set_rate(update)
        return float(self.optimizer.param_groups[0]["lr"])

    def state_dict(self) -> dict[str, Any]:
        return self.scheduler.state_dict() if self.scheduler else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        if self.scheduler:
            self.scheduler.load_state_dict(state)


_Scheduler = tuple[Any, Callable[[int], None]]


def _constant(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    return None, lambda update: None


def _linear(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Linear warm-up, then a straight line down to `min_lr`."""
    warmup = min(round(recipe.warmup * updates), updates - 1)
    scheduler = timm.scheduler.PolyLRScheduler(
        optimizer,
        t_initial=updates - warmup,
        power=1.0,
        lr_min=recipe.min_lr,
        warmup_t=warmup,
        warmup_lr_init=recipe.lr / max(warmup, 1),
        warmup_prefix=True,
        t_in_epochs=False,
    )
    return scheduler, scheduler.step_update


def _cosine(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Linear warm-up, then a cosine down to `min_lr` (Loshchilov & Hutter 2017)."""
    warmup = round(recipe.warmup * updates)
    scheduler = timm.scheduler.CosineLRScheduler(
        optimizer,
        t_initial=max(updates, 2),  # timm warns of a cosine of one step
        lr_min=recipe.min_lr,
        warmup_t=warmup,
        warmup_lr_init=recipe.lr / max(warmup, 1),
        t_in_epochs=False,
    )
    return scheduler, scheduler.step_update


def _onecycle(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Up to `lr` and down again, momentum the other way (Smith & Topin 2018); timm has none."""
    total = max(updates, 2)
    rise = min(1.0, max(recipe.warmup, 2 / total))  # torch divides by zero at a rise of one step
    peaks = [group["lr"] for group in optimizer.param_groups]
    scheduler = OneCycleLR(optimizer, max_lr=peaks, total_steps=total, pct_start=rise)
    return scheduler, lambda update: scheduler.step() if update else None


_SCHEDULES = {
    "constant": _constant,
    "linear": _linear,
    "cosine": _cosine,
    "onecycle": _onecycle,
}
