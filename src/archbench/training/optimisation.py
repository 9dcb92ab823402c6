"""A recipe's optimiser, its learning-rate schedule and its early stopping."""

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau

from archbench.base.errors import Refused
from archbench.networks.vision import timm
from archbench.training.recipe import EarlyStopping, Recipe

MUON = {"ns_steps": 3, "ns_coefficients": "original"}
"""Newton–Schulz iterations as in airbench (Jordan 2024); timm's 5 steps learn no better."""


def make_optimizer(model: nn.Module, recipe: Recipe) -> Optimizer:
    """timm's optimiser of this name, over the parameters that require a gradient.

    Matrices (filters too) and vectors (biases, norms) are groups of their own in each layer. Weight
    decay reaches every parameter, as in the papers of the recipes; it is divided by a vector's
    learning-rate scale, so that it shrinks vectors as fast as matrices. Muon leaves vectors to
    AdamW. Refused if the recipe has a `layer_decay` and the network no `group_matcher`.
    """
    groups: dict[tuple[bool, float], dict[str, Any]] = {}
    scales = layer_scales(model, recipe.layer_decay)
    trainable = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    for name, weight in sorted(trainable, key=lambda pair: pair[1].ndim < 2):
        vector_scale = recipe.effective_vector_lr_scale if weight.ndim < 2 else 1.0
        group = {
            "params": [],
            "lr": recipe.lr * vector_scale * scales[name],
            "initial_lr": recipe.lr,  # timm's schedulers set it, times `lr_scale`
            "lr_scale": vector_scale * scales[name],
            "weight_decay": recipe.weight_decay / vector_scale,
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
    """Each parameter's multiple of the learning rate (layer-wise decay, Clark et al. 2020).

    The head's is 1, and each layer's is `decay` times that of the layer above. The network's
    `group_matcher` defines its layers, as in timm. Refused if it has none and `decay` is not 1.
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
    """Sets the optimiser's learning rates before each update; a run has `updates` of them.

    It multiplies the rates that the optimiser begins with, those of all groups by the same factor.
    """

    def __init__(self, optimizer: Optimizer, recipe: Recipe, updates: int) -> None:
        self.optimizer = optimizer
        self.by_loss = recipe.schedule == "plateau"
        self.scheduler, self.set_rate = _SCHEDULES[recipe.schedule](optimizer, recipe, updates)

    def step_update(self, update: int) -> float:
        """Call before each update, counted from 0 over the run. Returns the largest rate."""
        self.set_rate(update)
        return max(float(group["lr"]) for group in self.optimizer.param_groups)

    def step_epoch(self, validation_loss: float) -> None:
        """Call after each epoch: schedule plateau follows the loss."""
        if self.by_loss:
            self.scheduler.step(validation_loss)

    def state_dict(self) -> dict[str, Any]:
        return self.scheduler.state_dict() if self.scheduler else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        if self.scheduler:
            self.scheduler.load_state_dict(state)


_Scheduler = tuple[Any, Callable[[int], None]]


def _warmup(optimizer: Optimizer, recipe: Recipe, updates: int) -> dict[str, Any]:
    """timm's arguments for a linear rise by equal steps: the first update is one step above 0."""
    warmup, lr = min(round(recipe.warmup * updates), updates - 1), optimizer.defaults["lr"]
    return {"warmup_t": warmup, "warmup_lr_init": lr / (warmup + 1), "t_in_epochs": False}


def _constant(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    scheduler = timm.scheduler.MultiStepLRScheduler(
        optimizer, decay_t=[], **_warmup(optimizer, recipe, updates)
    )
    return scheduler, scheduler.step_update


def _linear(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Linear warm-up, then a straight line down to `min_lr`."""
    warmup = _warmup(optimizer, recipe, updates)
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
        **_warmup(optimizer, recipe, updates),
    )
    return scheduler, scheduler.step_update


def _onecycle(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """The rate rises and falls, momentum falls and rises (Smith & Topin 2018). timm has none."""
    total = max(updates, 2)
    rise = min(
        1.0, max(recipe.warmup, 2 / total)
    )  # torch divides by zero if it rises in one update
    peaks = [group["lr"] for group in optimizer.param_groups]
    scheduler = OneCycleLR(optimizer, max_lr=peaks, total_steps=total, pct_start=rise)
    return scheduler, lambda update: scheduler.step() if update else None


def _step(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Linear warm-up, then times `decay` at each milestone."""
    scheduler = timm.scheduler.MultiStepLRScheduler(
        optimizer,
        # timm's scheduler falls one update before the one that it is given
        decay_t=[round(fraction * updates) + 1 for fraction in sorted(recipe.milestones)],
        decay_rate=recipe.decay,
        warmup_prefix=False,
        **_warmup(optimizer, recipe, updates),
    )
    return scheduler, scheduler.step_update


def _plateau(optimizer: Optimizer, recipe: Recipe, updates: int) -> _Scheduler:
    """Linear warm-up, then times `decay` whenever the validation loss has stopped falling."""
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


def stop_reason(losses: Sequence[float], rule: EarlyStopping) -> str | None:
    """Why to stop after these epochs' validation losses: stagnation, overfitting, or None."""
    if rule.patience and epochs_since_improvement(losses, rule.min_delta) >= rule.patience:
        return "stagnation"
    above = epochs_above_best(losses, rule.delta_overfit)
    if rule.overfit_patience and above >= rule.overfit_patience:
        return "overfitting"
    return None


def epochs_since_improvement(losses: Sequence[float], min_delta: float) -> int:
    """How many epochs have passed since the last improvement (Prechelt 1998).

    An epoch is an improvement if its loss is below that of the last improvement by more than
    `min_delta`; the first epoch is one.
    """
    best, improvement = float("inf"), 0
    for epoch, loss in enumerate(losses, 1):
        if loss < best - min_delta:
            best, improvement = loss, epoch
    return len(losses) - improvement


def epochs_above_best(losses: Sequence[float], delta: float) -> int:
    """How many epochs in a row, up to the last, are above the lowest loss by more than `delta`."""
    best = min(losses, default=0.0)
    return len(list(takewhile(lambda loss: loss > best + delta, reversed(losses))))
