"""Optimiser and schedule of a recipe."""

from collections.abc import Callable
from typing import Any

from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau

from archbench.base.errors import Refused
from archbench.networks.vision import timm
from archbench.training.recipe import Recipe

MUON = {"ns_steps": 3, "ns_coefficients": "original"}
"""Newton–Schulz iterations as airbench has them (Jordan 2024); timm's 5 learn no better."""


def make_optimizer(model: nn.Module, recipe: Recipe) -> Optimizer:
    """By timm's names, in groups: matrices and filters, then vectors (biases, norms), by layer.

    Weight decay reaches every parameter, as the recipes' authors had it, and draws vectors in
    as fast as matrices whatever their learning rate. Muon leaves vectors to AdamW.
    """
    groups: dict[tuple[bool, float], dict[str, Any]] = {}
    scales = layer_scales(model, recipe.layer_decay)
    learned = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    for name, weight in sorted(learned, key=lambda pair: pair[1].ndim < 2):
        rate = recipe.vector_scale if weight.ndim < 2 else 1.0
        group = {
            "params": [],
            "lr": recipe.lr * rate * scales[name],
            "initial_lr": recipe.lr,  # timm's schedulers set it, times `lr_scale`
            "lr_scale": rate * scales[name],
            "weight_decay": recipe.weight_decay / rate,
        }
        groups.setdefault((weight.ndim < 2, scales[name]), group)["params"].append(weight)
    optimizer: Optimizer = timm.optim.create_optimizer_v2(
        list(groups.values()),
        opt=recipe.optimizer,
        lr=recipe.lr,
        weight_decay=recipe.weight_decay,
        momentum=recipe.momentum,
        **(MUON if recipe.optimizer == "muon" else {}),
    )
    return optimizer


def layer_scales(model: nn.Module, decay: float) -> dict[str, float]:
    """By parameter: the head learns at the full rate, each layer below at `decay` times the next.

    Layers are timm's: what a network's `group_matcher` tells apart.
    """
    names = [name for name, _ in model.named_parameters()]
    if decay == 1:
        return dict.fromkeys(names, 1.0)
    network: Any = getattr(model, "network", model)
    if not hasattr(network, "group_matcher"):
        raise Refused(
            f"params.yaml: layer_decay = {decay}: {type(network).__name__} has no group_matcher "
            "that tells its layers apart; should be 1"
        )
    prefix = "network." if network is not model else ""
    layers = timm.models.group_parameters(network, network.group_matcher(), reverse=True)
    last = max(layers.values())
    return {prefix + name: decay ** (last - layer) for name, layer in layers.items()}


class Schedule:
    """Sets the learning rates before each update, counted from 0 over the whole run.

    At every update all groups have the same multiple of their own rates, warm-up included.
    """

    def __init__(self, optimizer: Optimizer, recipe: Recipe, updates: int) -> None:
        self.optimizer = optimizer
        self.judges = recipe.schedule == "plateau"
        self.scheduler, self.set_rate = _SCHEDULES[recipe.schedule](optimizer, recipe, updates)

    def advance(self, update: int) -> float:
        """The learning rate of this update, of the parameter group that learns fastest."""
        self.set_rate(update)
        return max(float(group["lr"]) for group in self.optimizer.param_groups)

    def judge(self, validation_loss: float) -> None:
        """After each epoch."""
        if self.judges:
            self.scheduler.step(validation_loss)

    def state_dict(self) -> dict[str, Any]:
        return self.scheduler.state_dict() if self.scheduler else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        if self.scheduler:
            self.scheduler.load_state_dict(state)


_Scheduler = tuple[Any, Callable[[int], None]]


def _warmup(recipe: Recipe, updates: int) -> dict[str, Any]:
    """timm's arguments for a rise by equal steps, of which the first update has one."""
    warmup = min(round(recipe.warmup * updates), updates - 1)
    return {"warmup_t": warmup, "warmup_lr_init": recipe.lr / (warmup + 1), "t_in_epochs": False}


def _constant(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    scheduler = timm.scheduler.MultiStepLRScheduler(
        optimizer, decay_t=[], **_warmup(recipe, updates)
    )
    return scheduler, scheduler.step_update


def _linear(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Linear warm-up, then a straight line down to `min_lr`."""
    warmup = _warmup(recipe, updates)
    scheduler = timm.scheduler.PolyLRScheduler(
        optimizer,
        t_initial=updates - warmup["warmup_t"],
        power=1.0,
        lr_min=recipe.min_lr,
        warmup_prefix=True,
        **warmup,
    )
    return scheduler, scheduler.step_update


def _cosine(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Linear warm-up, then a cosine down to `min_lr` (Loshchilov & Hutter 2017)."""
    scheduler = timm.scheduler.CosineLRScheduler(
        optimizer,
        t_initial=max(updates, 2),  # timm warns of a cosine of one step
        lr_min=recipe.min_lr,
        **_warmup(recipe, updates),
    )
    return scheduler, scheduler.step_update


def _onecycle(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Up to `lr` and down again, momentum the other way (Smith & Topin 2018); timm has none."""
    total = max(updates, 2)
    rise = min(1.0, max(recipe.warmup, 2 / total))  # torch divides by zero at a rise of one step
    peaks = [group["lr"] for group in optimizer.param_groups]
    scheduler = OneCycleLR(optimizer, max_lr=peaks, total_steps=total, pct_start=rise)
    return scheduler, lambda update: scheduler.step() if update else None


def _step(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Linear warm-up, then a fall at each milestone."""
    scheduler = timm.scheduler.MultiStepLRScheduler(
        optimizer,
        # timm falls one update early, as it always has
        decay_t=[round(fraction * updates) + 1 for fraction in sorted(recipe.milestones)],
        decay_rate=recipe.decay,
        warmup_prefix=False,
        **_warmup(recipe, updates),
    )
    return scheduler, scheduler.step_update


def _plateau(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Linear warm-up, then a fall wherever the validation loss has stopped falling."""
    floors = [recipe.min_lr * group["lr_scale"] for group in optimizer.param_groups]
    scheduler = ReduceLROnPlateau(
        optimizer, factor=recipe.decay, patience=recipe.plateau_patience, min_lr=floors
    )
    warm, rise = _constant(optimizer, recipe, updates)
    return scheduler, lambda update: rise(update) if update <= warm.warmup_t else None


_SCHEDULES = {
    "constant": _constant,
    "linear": _linear,
    "cosine": _cosine,
    "onecycle": _onecycle,
    "step": _step,
    "plateau": _plateau,
}
