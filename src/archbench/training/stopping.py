"""When to stop before the last epoch: two rules, pure functions of the validation losses."""

from collections.abc import Sequence
from itertools import takewhile

from archbench.training.recipe import EarlyStopping


def reason(losses: Sequence[float], rule: EarlyStopping) -> str | None:
    """The rule that the losses of the epochs so far have fired: stagnation, overfitting or none."""
    if rule.patience and since_improvement(losses, rule.min_delta) >= rule.patience:
        return "stagnation"
    if rule.overfit_patience and above_best(losses, rule.delta_overfit) >= rule.overfit_patience:
        return "overfitting"
    return None


def since_improvement(losses: Sequence[float], min_delta: float) -> int:
    """Epochs since one was lower, by more than `min_delta`, than the last that was (Prechelt 1998).

    The first epoch counts as an improvement.
    """
    best, improved = float("inf"), 0
    for epoch, loss in enumerate(losses, 1):
        if loss < best - min_delta:
            best, improved = loss, epoch
    return len(losses) - improved


def above_best(losses: Sequence[float], delta: float) -> int:
    """How many of the last epochs, without a break, lie above the lowest so far by over `delta`."""
    best = min(losses, default=0.0)
    return len(list(takewhile(lambda loss: loss > best + delta, reversed(losses))))
