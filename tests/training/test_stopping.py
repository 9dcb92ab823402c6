import pytest

from archbench.training import stopping
from archbench.training.recipe import EarlyStopping

STAGNATION = EarlyStopping(patience=2, min_delta=0.1)
OVERFITTING = EarlyStopping(overfit_patience=2, delta_overfit=0.1)


@pytest.mark.parametrize(
    ("losses", "since"),
    [
        ([], 0),
        ([1.0], 0),
        ([1.0, 0.5], 0),
        ([1.0, 0.9], 1),  # better by no more than the delta
        ([1.0, 0.95, 0.91], 2),
        ([1.0, 0.95, 0.89], 0),  # by small steps, but better than the last improvement
        ([1.0, 2.0, 3.0], 2),
        ([1.0, 2.0, 0.5, 0.6], 1),
    ],
)
def test_epochs_since_an_improvement(losses, since):
    assert stopping.since_improvement(losses, 0.1) == since
    assert stopping.reason(losses, STAGNATION) == ("stagnation" if since >= 2 else None)


@pytest.mark.parametrize(
    ("losses", "above"),
    [
        ([], 0),
        ([1.0], 0),
        ([1.0, 1.05], 0),
        ([1.0, 1.2], 1),
        ([1.0, 1.2, 1.05, 1.2], 1),  # the break starts the count again
        ([1.0, 1.2, 1.3], 2),
        ([1.2, 1.3, 1.0], 0),
        ([1.3, 1.0, 1.2, 1.2, 1.2], 3),
    ],
)
def test_epochs_above_the_best(losses, above):
    assert stopping.above_best(losses, 0.1) == above
    assert stopping.reason(losses, OVERFITTING) == ("overfitting" if above >= 2 else None)


def test_a_rule_without_patience_is_off():
    assert stopping.reason([1.0, 2.0, 3.0, 4.0, 5.0], EarlyStopping()) is None


def test_without_a_margin_an_equal_loss_is_no_improvement():
    assert stopping.since_improvement([1.0, 1.0, 1.0], 0.0) == 2
    assert stopping.above_best([1.0, 1.0, 1.0], 0.0) == 0
