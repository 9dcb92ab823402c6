"""What each knob of a recipe does to one step, and what an epoch says of its steps."""

from dataclasses import replace

import pytest
import torch
from test_loop import task
from torch import Tensor

from archbench.networks import backend, classifier
from archbench.networks.classifier import to_float
from archbench.training import loop
from archbench.training.augmentation import make_mixer
from archbench.training.learner import Learner
from archbench.training.recipe import Augmentation, Recipe
from archbench.training.timing import Stopwatch

PLAIN = {
    **{"optimizer": "momentum", "momentum": 0.0, "schedule": "constant", "warmup": 0.0},
    **{"label_smoothing": 0.0, "clip_norm": None, "cutmix_alpha": 0.0, "ema_decay": None},
    **{"augmentation": Augmentation(), "options": {"widths": [8], "dropout": 0.0}},
}


def learner(**changes) -> Learner:
    plain = {"optimizer": "momentum", "momentum": 0, "lr": 0.5, "epochs": 1}
    asked = Recipe.model_validate(plain | changes)
    torch.manual_seed(0)
    model = classifier.build("mlp", 4, (4, 4, 3), {"widths": [8], "dropout": 0.0})
    return Learner(model, asked, updates=10, backend=backend.configure("fp32"))


def weights(of: Learner) -> Tensor:
    """All of the model's in one vector."""
    return torch.cat([weight.detach().flatten().clone() for weight in of.model.parameters()])


def step(of: Learner, slope: float = 1.0, number: int = 0) -> Tensor:
    """How a loss that falls along every weight by `slope` moves them."""
    before = weights(of)
    of.schedule.step_update(number)
    total = sum((weight.sum() for weight in of.model.parameters()), torch.zeros(()))
    of.update(slope * total, number)
    return weights(of) - before


def assert_all(values: Tensor, value: float, atol: float) -> None:
    torch.testing.assert_close(values, torch.full_like(values, value), atol=atol, rtol=0)


def test_a_step_is_the_gradient_times_the_rate():
    assert_all(step(learner()), -0.5, atol=1e-6)


def test_a_gradient_is_clipped_to_the_norm():
    assert step(learner(clip_norm=0.2)).norm().item() == pytest.approx(0.5 * 0.2, rel=1e-3)
    short = step(learner(clip_norm=0.2), slope=1e-4)
    assert_all(short, -0.5e-4, atol=1e-7)


def test_no_gradient_is_left_for_the_next_step():
    twice = learner()
    assert torch.allclose(step(twice), step(twice), atol=1e-6)


def test_momentum_carries_a_step_into_the_next():
    twice = learner(momentum=0.75)
    assert_all(step(twice), -0.5, atol=1e-6)
    assert_all(step(twice, number=1), -0.5 * 1.75, atol=1e-6)


def test_decay_shrinks_the_weights_by_itself_times_the_rate():
    decayed = learner(weight_decay=0.1)
    before = weights(decayed)
    torch.testing.assert_close(step(decayed, slope=0.0), -0.5 * 0.1 * before)


def test_the_average_begins_as_the_weights_and_then_lags():
    """timm's warm-up: at update k the weights count k^(-2/3), and at last 1 - `ema_decay`."""
    averaged = learner(ema_decay=0.4)
    for number in range(5):
        before = torch.cat([weight.flatten() for weight in averaged.eval_model.parameters()])
        step(averaged, number=number)
        after = torch.cat([weight.flatten() for weight in averaged.eval_model.parameters()])
        share = max(max(number, 1) ** (-2 / 3), 0.6)
        torch.testing.assert_close(after, before.lerp(weights(averaged), share), atol=1e-6, rtol=0)


@pytest.mark.parametrize("mixed", [{}, {"mixup_alpha": 0.2}, {"cutmix_alpha": 1.0}])
def test_labels_are_smoothed_whether_or_not_images_are_mixed(mixed):
    recipe = Recipe(optimizer="sgd", lr=0.1, epochs=1, label_smoothing=0.2, **mixed)
    labels = torch.arange(16) % 4
    _, targets = make_mixer(recipe, classes=4)(torch.rand(16, 3, 8, 8), labels)
    assert_all(targets.sum(1), 1.0, atol=1e-6)
    assert targets.min().item() == pytest.approx(0.2 / 4)


def epoch_of(number: int = 0, **changes) -> tuple[Learner, loop.Task, dict]:
    """One whose steps move nothing, so that what it says can be told beforehand."""
    asked = task(**(PLAIN | {"lr": 1e-30, "batch_size": 20} | changes))
    model = classifier.build("mlp", 4, (16, 16, 3), asked.recipe.options)
    model.measure(asked.train.images)
    of = Learner(model, asked.recipe, 10, asked.backend)
    return of, asked, loop.train_epoch(of, asked, number)


def test_an_epoch_s_accuracy_and_loss_are_those_of_its_images():
    of, asked, row = epoch_of()
    with torch.no_grad():
        logits = of.model(to_float(asked.train.images[:]))
    right = (logits.argmax(1) == asked.train.labels).float().mean().item()
    loss = torch.nn.functional.cross_entropy(logits, asked.train.labels).item()
    assert 0 < right < 1
    assert row["train_accuracy"] == pytest.approx(right)
    assert row["train_loss"] == pytest.approx(loss, rel=1e-4)


def test_an_epoch_s_speed_is_the_median_step_s(monkeypatch):
    monkeypatch.setattr(Stopwatch, "median", lambda watch: 0.5)
    monkeypatch.setattr(Stopwatch, "total", lambda watch: 9.0)
    *_, row = epoch_of()
    assert (row["seconds"], row["images_per_second"]) == (9.0, 20 / 0.5)
    assert row["compiled"] is False


def test_updates_are_counted_over_the_whole_run(monkeypatch):
    counted = []
    monkeypatch.setattr(Learner, "update", lambda of, loss, number: counted.append(number))
    epoch_of(number=0)
    epoch_of(number=1)
    assert counted == list(range(10))


def test_the_order_follows_seed_and_epoch_alone():
    of, asked, _ = epoch_of()

    def images(epoch: int, seed: int = 0) -> Tensor:
        batches = loop.batches(of, replace(asked, seed=seed), epoch)
        return torch.cat([images for images, _ in batches])

    torch.manual_seed(1)
    first = images(0)
    torch.manual_seed(2)
    assert torch.equal(first, images(0))
    assert not torch.equal(first, images(1))
    assert not torch.equal(first, images(0, seed=1))
