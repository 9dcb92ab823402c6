import math

import pytest
import torch

from archbench.networks.vision import timm
from archbench.training import optimisation
from archbench.training.optimisation import Schedule, make_optimizer, stop_reason
from archbench.training.recipe import EarlyStopping, Recipe

SCHEDULES = ["constant", "linear", "cosine", "onecycle", "step", "plateau"]
STAGNATION = EarlyStopping(patience=2, min_delta=0.1)
OVERFITTING = EarlyStopping(overfit_patience=2, delta_overfit=0.1)


def recipe(**changes) -> Recipe:
    return Recipe.model_validate({"optimizer": "momentum", "lr": 0.1, "epochs": 1} | changes)


def rates(asked: Recipe, updates: int) -> list[float]:
    optimizer = make_optimizer(torch.nn.Linear(2, 2), asked)
    schedule = Schedule(optimizer, asked, updates)
    seen = []
    for update in range(updates):
        seen.append(schedule.step_update(update))
        optimizer.step()
    return seen


def test_constant():
    assert rates(recipe(), 5) == [0.1] * 5


def test_cosine_warms_up_linearly_then_falls_to_the_minimum():
    seen = rates(recipe(schedule="cosine", warmup=0.1, min_lr=1e-6), 100)
    assert seen[:10] == pytest.approx([0.1 * (step + 1) / 11 for step in range(10)])
    expected = [1e-6 + (0.1 - 1e-6) * (1 + math.cos(math.pi * t / 100)) / 2 for t in range(10, 100)]
    assert seen[10:] == pytest.approx(expected)


def test_linear_rises_and_falls_in_straight_lines():
    seen = rates(recipe(schedule="linear", warmup=0.2, min_lr=0.01), 100)
    rise = [0.1 * (step + 1) / 21 for step in range(20)]
    fall = [0.01 + 0.09 * (1 - step / 80) for step in range(80)]
    assert seen == pytest.approx(rise + fall)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_rates_are_the_optimiser_s_and_not_read_from_the_recipe_again(schedule):
    optimizer = make_optimizer(torch.nn.Linear(2, 2), recipe(lr=0.1))
    other = Schedule(optimizer, recipe(lr=7.0, schedule=schedule, warmup=0.4), 20)
    seen = []
    for update in range(20):
        seen.append(other.step_update(update))
        optimizer.step()
    assert seen == rates(recipe(lr=0.1, schedule=schedule, warmup=0.4), 20)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("updates", [2, 20, 100])
def test_vectors_keep_their_multiple_of_the_rate(schedule, updates):
    """In the warm-up too, and at a `min_lr` above their own rate."""
    asked = recipe(
        schedule=schedule, vector_lr_scale=0.125, weight_decay=0.01, warmup=0.4, min_lr=0.02
    )
    optimizer = make_optimizer(torch.nn.Linear(2, 2), asked)
    schedule = Schedule(optimizer, asked, updates)
    for update in range(updates):
        schedule.step_update(update)
        optimizer.step()
        schedule.step_epoch(1.0)
        matrices, vectors = optimizer.param_groups
        assert vectors["lr"] == pytest.approx(matrices["lr"] / 8)
        assert vectors["lr"] * vectors["weight_decay"] == pytest.approx(matrices["lr"] * 0.01)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_layers_keep_their_multiple_of_the_rate(schedule):
    asked = recipe(schedule=schedule, layer_decay=0.5, vector_lr_scale=0.125, warmup=0.4)
    model = timm.create_model("test_resnet", num_classes=4)
    optimizer = make_optimizer(model, asked)
    own = [group["lr"] for group in optimizer.param_groups]
    assert len(set(own)) > 6
    schedule = Schedule(optimizer, asked, 20)
    for update in range(20):
        schedule.step_update(update)
        optimizer.step()
        schedule.step_epoch(1.0)
        shares = [
            group["lr"] / rate for group, rate in zip(optimizer.param_groups, own, strict=True)
        ]
        assert shares == pytest.approx([shares[0]] * len(own))


def test_muon_takes_matrices_and_adamw_vectors():
    model = torch.nn.Linear(8, 8)
    optimizer = make_optimizer(model, recipe(optimizer="muon"))
    model(torch.rand(4, 8)).sum().backward()
    optimizer.step()
    assert "momentum_buffer" in optimizer.state[model.weight]
    assert "exp_avg_sq" in optimizer.state[model.bias]


def test_frozen_weights_are_left_alone():
    model = torch.nn.Linear(2, 2)
    model.weight.requires_grad_(False)
    trained = [w for group in make_optimizer(model, recipe()).param_groups for w in group["params"]]
    assert [weight.shape for weight in trained] == [(2,)]


def test_step_falls_at_its_milestones():
    seen = rates(recipe(schedule="step", warmup=0.1, milestones=[0.75, 0.5], decay=0.2), 100)
    assert seen[:10] == pytest.approx([0.1 * (step + 1) / 11 for step in range(10)])
    assert seen[10:50] == pytest.approx([0.1] * 40)
    assert seen[50:75] == pytest.approx([0.02] * 25)
    assert seen[75:] == pytest.approx([0.004] * 25)


def test_plateau_falls_when_the_loss_has_not():
    asked = recipe(schedule="plateau", decay=0.5, plateau_patience=2, min_lr=0.03)
    schedule = Schedule(make_optimizer(torch.nn.Linear(2, 2), asked), asked, 100)
    seen = []
    for update, loss in enumerate([3.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.5, 1.5, 1.5, 1.5]):
        seen.append(schedule.step_update(update))
        schedule.step_epoch(loss)
    assert seen == pytest.approx([0.1] * 5 + [0.05] * 4 + [0.03])


def test_onecycle_peaks_at_the_learning_rate_and_ends_near_zero():
    seen = rates(recipe(schedule="onecycle", warmup=0.3), 100)
    assert max(seen) == pytest.approx(0.1)
    assert seen.index(max(seen)) == 29
    assert seen[0] == pytest.approx(0.1 / 25)
    assert seen[-1] < 1e-5
    later = rates(recipe(schedule="onecycle", warmup=0.6), 100)
    assert later.index(max(later)) == 59


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "step", "plateau"])
def test_every_schedule_warms_up_from_its_first_share_of_the_rate(schedule):
    seen = rates(recipe(schedule=schedule, warmup=0.04), 100)
    assert seen[:4] == pytest.approx([0.02, 0.04, 0.06, 0.08])
    assert seen[4] == pytest.approx(0.1, rel=0.01)


def test_a_plateau_falls_after_the_warm_up_only():
    asked = recipe(schedule="plateau", warmup=0.04, decay=0.5, plateau_patience=1)
    schedule = Schedule(make_optimizer(torch.nn.Linear(2, 2), asked), asked, 100)
    seen = []
    for update in range(12):
        seen.append(schedule.step_update(update))
        schedule.step_epoch(1.0)
    assert seen[:5] == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1])
    assert seen[5:8] == pytest.approx([0.05, 0.05, 0.025])


@pytest.mark.parametrize(("optimizer", "scale"), [("muon", 0.1), ("adamw", 1.0), ("sgd", 1.0)])
def test_only_muon_slows_vectors_by_itself(optimizer, scale):
    matrices, vectors = make_optimizer(
        torch.nn.Linear(2, 2), recipe(optimizer=optimizer)
    ).param_groups
    assert vectors["lr"] == pytest.approx(scale * matrices["lr"])


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("updates", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("warmup", [0.0, 0.25, 0.5, 1.0])
def test_the_shortest_runs_have_finite_rates(schedule, updates, warmup):
    seen = rates(recipe(schedule=schedule, warmup=warmup), updates)
    assert len(seen) == updates
    assert all(0 <= rate <= 0.1 + 1e-9 for rate in seen)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_restored_schedule_goes_on_the_same(schedule):
    asked = recipe(schedule=schedule, warmup=0.3)
    whole = rates(asked, 20)
    first = make_optimizer(torch.nn.Linear(2, 2), asked)
    before = Schedule(first, asked, 20)
    for update in range(7):
        before.step_update(update)
        first.step()
    second = make_optimizer(torch.nn.Linear(2, 2), asked)
    after = Schedule(second, asked, 20)
    second.load_state_dict(first.state_dict())
    after.load_state_dict(before.state_dict())
    assert [after.step_update(update) for update in range(7, 20)] == whole[7:]


@pytest.mark.parametrize("name", ["momentum", "sgd", "adam", "adamw", "muon"])
def test_every_optimizer_moves_the_weights(name):
    layers = [torch.nn.Conv2d(1, 4, 3), torch.nn.Flatten(), torch.nn.Linear(36, 2)]
    model = torch.nn.Sequential(*layers)
    model(torch.rand(2, 1, 5, 5)).sum().backward()
    before = [weight.detach().clone() for weight in model.parameters()]
    make_optimizer(model, recipe(optimizer=name)).step()
    assert all((old != new).any() for old, new in zip(before, model.parameters(), strict=True))


def test_momentum_is_sgd_without_nesterov_and_decays_every_parameter():
    optimizer = make_optimizer(torch.nn.Linear(3, 3), recipe(weight_decay=5e-4))
    assert isinstance(optimizer, torch.optim.SGD)
    assert not optimizer.defaults["nesterov"]
    assert [group["weight_decay"] for group in optimizer.param_groups] == [5e-4] * 2
    assert optimizer.defaults["momentum"] == 0.9


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
    assert optimisation.epochs_since_improvement(losses, 0.1) == since
    assert stop_reason(losses, STAGNATION) == ("stagnation" if since >= 2 else None)


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
    assert optimisation.epochs_above_best(losses, 0.1) == above
    assert stop_reason(losses, OVERFITTING) == ("overfitting" if above >= 2 else None)


def test_a_rule_without_patience_is_off():
    assert stop_reason([1.0, 2.0, 3.0, 4.0, 5.0], EarlyStopping()) is None


def test_without_a_margin_an_equal_loss_is_no_improvement():
    assert optimisation.epochs_since_improvement([1.0, 1.0, 1.0], 0.0) == 2
    assert optimisation.epochs_above_best([1.0, 1.0, 1.0], 0.0) == 0
