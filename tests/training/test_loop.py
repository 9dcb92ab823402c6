"""The loop on a few small images: what it computes, and that a resumed run computes the same."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from archbench.base.errors import Refused
from archbench.networks import backend
from archbench.networks.classifier import predict
from archbench.networks.images import Streamed
from archbench.training import checkpoint, loop, run
from archbench.training.learner import Learner
from archbench.training.loop import Examples, Task
from archbench.training.recipe import Augmentation, Recipe
from archbench.training.timing import SLOW_FACTOR

HEAVY = Augmentation(crop=2, flip=0.5, rotation=15, perspective=0.5, jitter=0.2, hue=0.1, erase=0.3)


def examples(count: int, seed: int) -> Examples:
    """Noise with a brighter band of four rows: which band is the class."""
    random = torch.Generator().manual_seed(seed)
    labels = torch.randint(4, (count,), generator=random)
    noise = torch.randint(150, (count, 16, 16, 3), generator=random)
    bright = torch.arange(16)[None] // 4 == labels[:, None]
    images = (noise + 100 * bright[:, :, None, None]).to(torch.uint8)
    return Examples(images=images, labels=labels)


def task(**changes) -> Task:
    """Everything random at once: dropout, DropPath, CutMix, augmentation, averaged weights."""
    recipe = {
        "optimizer": "momentum",
        "lr": 0.05,
        "batch_size": 16,
        "epochs": 4,
        "schedule": "onecycle",
        "warmup": 0.3,
        "label_smoothing": 0.1,
        "clip_norm": 1.0,
        "cutmix_alpha": 1.0,
        "mix_probability": 0.5,
        "ema_decay": 0.9,
        "augmentation": HEAVY,
        "options": {"widths": [4, 8], "dropout": 0.3, "drop_path": 0.2},
    }
    return Task(
        recipe=Recipe.model_validate(recipe | changes),
        train=examples(100, seed=0),
        validation=examples(40, seed=1),
        classes=4,
        seed=0,
        backend=backend.configure("fp32"),
    )


SPEEDNET = {
    "optimizer": "muon",
    "vector_lr_scale": 0.1,
    "schedule": "linear",
    "cutmix_alpha": 0.0,
    "augmentation": Augmentation(crop=2, padding="reflect", flip="alternating"),
    "options": {"widths": [8, 8]},
}


def fit(
    asked: Task,
    directory: Path,
    architecture: str = "stochastic_depth_resnet",
    log=lambda row: None,
):
    return loop.fit(run.make_model(architecture, asked), asked, directory, log)


TIMES = ("seconds", "images_per_second", "joules")


def without_times(curve):
    return [{key: value for key, value in row.items() if key not in TIMES} for row in curve]


def assert_same(one, other) -> None:
    for first, second in ((one.last, other.last), (one.best, other.best)):
        assert first.keys() == second.keys()
        assert all(torch.equal(first[name], second[name]) for name in first)
    assert without_times(one.curve) == without_times(other.curve)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    return fit(task(), tmp_path_factory.mktemp("uninterrupted"))


class Killed(Exception):
    pass


@pytest.mark.parametrize("epochs_before", [1, 3])
@pytest.mark.parametrize(
    ("architecture", "changes"),
    [
        ("stochastic_depth_resnet", {"progressive_resizing": 0.4}),
        ("speednet", SPEEDNET),
    ],
)
def test_a_resumed_run_is_bitwise_the_same(
    tmp_path, monkeypatch, architecture, changes, epochs_before
):
    whole = fit(task(**changes), tmp_path / "whole", architecture)
    save = checkpoint.save

    def save_then_die(directory, epoch, state):
        save(directory, epoch, state)
        if epoch == epochs_before:
            raise Killed

    monkeypatch.setattr(checkpoint, "save", save_then_die)
    with pytest.raises(Killed):
        fit(task(**changes), tmp_path / "killed", architecture)
    monkeypatch.setattr(checkpoint, "save", save)
    told: list[loop.Row] = []
    assert_same(fit(task(**changes), tmp_path / "killed", architecture, told.append), whole)
    assert without_times(told) == without_times(whole.curve)


def test_a_spoilt_state_is_passed_over(uninterrupted, tmp_path):
    fit(task(), tmp_path)
    newest = tmp_path / "epoch-00004.pt"
    spoilt = bytearray(newest.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    newest.write_bytes(spoilt)
    assert_same(fit(task(), tmp_path), uninterrupted)


@pytest.mark.parametrize("architecture", ["stochastic_depth_resnet", "speednet"])
def test_images_that_are_streamed_give_the_same_bits(architecture, tmp_path):
    changes = SPEEDNET | {"ema_decay": 0.9} if architecture == "speednet" else {}
    resident = task(**changes)
    streamed = replace(
        resident, train=from_file(resident.train), validation=from_file(resident.validation)
    )
    runs = [
        fit(asked, tmp_path / str(number), architecture)
        for number, asked in enumerate([resident, streamed])
    ]
    assert_same(*runs)


def from_file(resident: Examples) -> Examples:
    array = resident.images[:].numpy()
    rows = np.arange(len(array))
    where = backend.configure("fp32")
    return replace(resident, images=Streamed(array=array, rows=rows, backend=where))


def test_the_seed_decides_everything(uninterrupted, tmp_path):
    assert_same(fit(task(), tmp_path / "same"), uninterrupted)
    other = fit(replace(task(), seed=1), tmp_path / "other")
    assert without_times(other.curve) != without_times(uninterrupted.curve)


def test_it_learns_and_keeps_the_best_epoch(tmp_path):
    plain = {"augmentation": Augmentation(), "cutmix_alpha": 0.0, "ema_decay": None, "options": {}}
    asked = task(optimizer="adam", lr=0.003, schedule="constant", epochs=12, **plain)
    trained = fit(asked, tmp_path, "mlp")
    accuracies = [row["validation_accuracy"] for row in trained.curve]
    assert max(accuracies) > 0.9
    model = run.make_model("mlp", asked)
    model.load_state_dict(trained.best)
    guesses = predict(model, asked.validation.images, asked.backend).argmax(1)
    assert (guesses == asked.validation.labels).float().mean().item() == max(accuracies)


STOPS = {"patience": 1, "min_delta": 10.0}


def test_a_rule_that_fires_ends_the_run_and_says_so(tmp_path, capsys):
    trained = fit(task(early_stopping=STOPS), tmp_path)
    assert (trained.stopped, len(trained.curve)) == ("stagnation", 2)
    assert "stopped after epoch 2 of 4: stagnation" in capsys.readouterr().out
    assert run.curve_table(trained)["stopped"].tolist() == ["", "stagnation"]
    assert_same(fit(task(early_stopping=STOPS), tmp_path), trained)  # resumed: not one epoch more


def test_a_run_that_nothing_stopped_says_nothing(uninterrupted):
    assert uninterrupted.stopped is None
    assert run.curve_table(uninterrupted)["stopped"].tolist() == [""] * 4


@pytest.mark.parametrize(("share", "small"), [(0.0, 0), (0.4, 10), (1.0, 24)])
def test_progressive_resizing_begins_with_small_images(share, small):
    asked = task(progressive_resizing=share)
    learner = Learner(
        run.make_model("stochastic_depth_resnet", asked), asked.recipe, 24, asked.backend
    )
    shapes = [
        tuple(images.shape)
        for epoch in range(asked.recipe.epochs)
        for images, _ in loop.batches(learner, asked, epoch)
    ]
    assert shapes == [(16, 3, 12, 12)] * small + [(16, 3, 16, 16)] * (24 - small)


@pytest.mark.parametrize(
    ("epochs", "pixels"), [(4, 1 - 0.4 * 7 / 16), (2, 1 - 0.8 * 7 / 16), (1, 9 / 16)]
)
def test_the_share_of_pixels_that_a_run_saw(epochs, pixels):
    """Of four epochs, or of those before it was stopped early."""
    assert run.pixel_fraction(task(progressive_resizing=0.4).recipe, epochs) == pytest.approx(
        pixels
    )


def test_the_weights_of_every_so_many_epochs_are_kept(uninterrupted, tmp_path):
    seen: list[loop.Row] = []
    fit(task(checkpoint_every=2), tmp_path / "run", log=seen.append)
    assert [row["epoch"] for row in seen] == [1, 2, 3, 4]
    checkpoint.finish(tmp_path / "run", tmp_path)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "epoch-00002.safetensors",
        "epoch-00004.safetensors",
    ]
    kept = load_file(tmp_path / "epoch-00004.safetensors")
    assert all(torch.equal(kept[name], value) for name, value in uninterrupted.last.items())


def test_of_four_epochs_every_third_is_the_third(tmp_path):
    fit(task(checkpoint_every=3, options={}), tmp_path / "run", "mlp")
    checkpoint.finish(tmp_path / "run", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-00003.safetensors"]


def test_the_plateau_s_rate_falls_with_the_judgement(tmp_path):
    asked = task(schedule="plateau", plateau_patience=1, decay=0.5, lr=1e-6, warmup=0.0, options={})
    rates = [row["lr"] for row in fit(asked, tmp_path, "mlp").curve]
    assert rates == [1e-6, 1e-6, 1e-6, 5e-7]


def test_the_first_of_equally_good_epochs_is_best():
    curve = [{"epoch": n, "validation_accuracy": a} for n, a in enumerate([0.1, 0.7, 0.7], 1)]
    assert loop.best_epoch(curve)["epoch"] == 2


def test_a_short_run_judges_a_network_whose_statistics_are_its_own(tmp_path):
    """After three updates averaged statistics are mostly the first ones, mean 0 and variance 1."""
    asked = task(epochs=1, batch_size=32, options={"widths": [4, 8]})
    model = run.make_model("stochastic_depth_resnet", asked)
    trained = loop.fit(model, asked, tmp_path)
    judged = run.make_model("stochastic_depth_resnet", asked)
    judged.load_state_dict(trained.last)
    seen = {}

    def remember(module, given, _):
        seen[module] = given[0].transpose(0, 1).flatten(1)

    norms = [norm for norm in judged.modules() if isinstance(norm, torch.nn.BatchNorm2d)]
    norms[0].register_forward_hook(remember)
    predict(judged, asked.train.images, asked.backend)
    values = seen[norms[0]]
    torch.testing.assert_close(norms[0].running_mean, values.mean(1), atol=0.01, rtol=0.01)
    torch.testing.assert_close(norms[0].running_var, values.var(1), atol=0.01, rtol=0.05)


def test_a_frozen_backbone_keeps_its_statistics():
    asked = task(fine_tune="linear_probe")
    learner = Learner(
        run.make_model("stochastic_depth_resnet", asked), asked.recipe, 4, asked.backend
    )
    before = {name: value.clone() for name, value in learner.eval_model.named_buffers()}
    learner.update_batch_norm(asked.train.images)
    assert all(
        torch.equal(before[name], value) for name, value in learner.eval_model.named_buffers()
    )


def test_a_run_that_learned_nothing_says_so(tmp_path, capsys):
    nothing = task(lr=1e-9, epochs=1, options={"widths": [4, 8]})
    fit(nothing, tmp_path)
    assert "the best epoch's network " in capsys.readouterr().out


def test_threads_and_speed_are_of_the_epochs(uninterrupted):
    assert {row["threads"] for row in uninterrupted.curve} == {torch.get_num_threads()}
    for row in uninterrupted.curve:
        assert row["images_per_second"] >= 0.5 * 96 / row["seconds"]


def test_epochs_that_took_longer_for_as_many_pixels_are_seen():
    recipe = task(progressive_resizing=0.5).recipe  # two of four epochs on 9/16 of the pixels
    assert run.seconds_spread(recipe, [9.0, 9.0, 16.0, 16.0]) == pytest.approx(1)
    assert run.seconds_spread(recipe, [9.0, 27.0, 16.0, 16.0]) == pytest.approx(3)


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path):
    plain = task(schedule="constant", warmup=0.0, clip_norm=None, ema_decay=None)
    asked = replace(plain, recipe=plain.recipe.model_copy(update={"lr": 1e30}))
    with pytest.raises(Refused, match=r"loss is (nan|inf) in epoch 1, step \d+, .* 1e\+30"):
        fit(asked, tmp_path)
    assert not list(tmp_path.glob("epoch-*"))


def test_normalisation_is_measured_on_the_training_images():
    asked = task()
    model = run.make_model("mlp", task(options={}))
    pixels = asked.train.images[:].double() / 255
    torch.testing.assert_close(model.mean.flatten(), pixels.mean((0, 1, 2)).float())
    torch.testing.assert_close(
        model.std.flatten(), pixels.std((0, 1, 2), correction=0).float(), atol=1e-6, rtol=0
    )


def test_every_image_is_used_at_most_once_an_epoch():
    asked = task(cutmix_alpha=0.0, augmentation=Augmentation(), label_smoothing=0.0)
    learner = Learner(
        run.make_model("stochastic_depth_resnet", asked), asked.recipe, 10, asked.backend
    )
    images = torch.cat([images for images, _ in loop.batches(learner, asked, epoch=0)])
    assert len(images) == 96
    assert len({image.numpy().tobytes() for image in images}) == 96


def test_a_divergence_is_said_of_its_first_step():
    line = "the loss is inf in epoch 5, step 2, at learning rate 0.25; try a lower lr"
    with pytest.raises(Refused, match=f"^training diverged: {line}$"):
        loop._refuse_divergence(torch.tensor([1.0, torch.inf, torch.nan]), 4, [0.5, 0.25, 0.125])
    loop._refuse_divergence(torch.tensor([1.0, 2.0]), 4, [0.5, 0.25])


def test_slow_steps_are_said_once_they_are_far_too_slow(capsys):
    assert not loop._warn_if_slow(SLOW_FACTOR - 0.1)
    assert capsys.readouterr().out == ""
    assert loop._warn_if_slow(SLOW_FACTOR)
    said = "times as long as this epoch's fastest: other work is on the machine"
    assert capsys.readouterr().out == f"steps take {SLOW_FACTOR:.0f} {said}\n"
