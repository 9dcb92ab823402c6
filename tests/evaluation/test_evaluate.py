"""What is predicted, which images corrupted, and what is written of them and of the costs."""

import example_records
import numpy as np
import pandas as pd
import pytest
import torch
from allocated import at_most

from archbench.evaluation import corruptions, evaluate
from archbench.networks import classifier

SETTINGS = corruptions.settings(channels=1)
LABELS = np.arange(3000) % 3
SHAPE = (32, 32, 3)


def predict(run, images_nhwc, labels) -> pd.DataFrame:
    """Right where the first pixel is darker than the run's seed."""
    right = images_nhwc[:, 0, 0, 0] < run.seed
    return pd.DataFrame({"prediction": np.where(right, labels, 9)})


def tables(seed: int, settings) -> dict[str, pd.DataFrame]:
    images = np.random.default_rng(0).integers(256, size=(3000, 8, 8, 1), dtype=np.uint8)
    run = example_records.run(seed=seed)
    clean = predict(run, images, LABELS).assign(label=LABELS)
    return evaluate.robustness(predict, run, clean, images, settings)


def test_shares_and_accuracies_are_of_the_same_images_in_the_same_settings():
    found = tables(100, SETTINGS)
    shares, accuracies = found["robustness_shares"], found["robustness"]
    assert (shares["seed"] == 100).all()
    assert shares["index"].tolist() == corruptions.chosen(LABELS, 2000, seed=0).tolist()
    spoiled = accuracies[accuracies["severity"] > 0]["accuracy"]
    assert shares["share"].mean() == pytest.approx(spoiled.mean(), abs=1e-14)
    assert 0.2 < shares["share"].mean() < 0.6


def test_without_settings_both_are_empty_and_have_their_columns():
    for kind, first in (("robustness", "corruption"), ("robustness_shares", "seed")):
        joined = pd.concat(tables(seed, [])[kind] for seed in (3, 7))
        assert len(joined) == 0
        assert joined.columns[0] == first


def test_accuracies_by_severity_and_the_share_of_each_image_are_those_of_the_images(monkeypatch):
    """Of 2,000 of 3,000 images, corrupted by the seed 0; a quarter is right as they are."""
    monkeypatch.setattr(
        corruptions, "corrupt", lambda name, severity, images, seed: images + severity + 10 * seed
    )

    def predict(run, images_nhwc, labels) -> pd.DataFrame:
        """Right up to 1500, where the image is its number."""
        return pd.DataFrame({"prediction": np.where(images_nhwc <= 1500, labels, 9)})

    run, numbers = example_records.run(seed=7), np.arange(3000)
    clean = pd.DataFrame({"label": LABELS, "prediction": np.where(numbers < 750, LABELS, 9)})
    settings = [("noise", 1), ("noise", 5)]
    found = evaluate.robustness(predict, run, clean, numbers, settings)
    some = corruptions.chosen(LABELS, 2000, seed=0)
    expected = [
        ("noise", 0, (some < 750).mean(), 7),
        ("noise", 1, (some <= 1499).mean(), 7),
        ("noise", 5, (some <= 1495).mean(), 7),
    ]
    columns = ["corruption", "severity", "accuracy", "seed"]
    pd.testing.assert_frame_equal(found["robustness"], pd.DataFrame(expected, columns=columns))
    shares = ((some <= 1499).astype(float) + (some <= 1495)) / 2
    pd.testing.assert_frame_equal(
        found["robustness_shares"], pd.DataFrame({"seed": 7, "index": some, "share": shares})
    )


@pytest.mark.parametrize("flip", [False, True])
def test_a_prediction_is_the_softmax_of_the_network_s_logits(flip):
    torch.manual_seed(0)
    model = classifier.build("mlp", 3, (8, 8, 3), {}).eval()
    images = np.random.default_rng(0).integers(256, size=(5, 8, 8, 3), dtype=np.uint8)
    images.setflags(write=False)  # as what is read from a memory map
    labels = np.array([0, 1, 2, 0, 1])
    found = evaluate.predict(
        model, example_records.run(seed=4), images, labels, ["x", "y", "z"], flip
    )
    shown = torch.from_numpy(images.copy()).permute(0, 3, 1, 2)
    with torch.no_grad():
        logits = [model(classifier.to_float(one.permute(0, 2, 3, 1))) for one in both(shown)]
    expected = (sum(logits) / 2 if flip else logits[0]).softmax(1).numpy()
    assert found[["p_x", "p_y", "p_z"]].to_numpy() == pytest.approx(expected, abs=1e-6)
    assert found["label"].tolist() == labels.tolist()
    assert found["seed"].tolist() == [4] * 5


def test_a_network_predicts_in_the_precision_of_its_training():
    torch.manual_seed(0)
    model = classifier.build("mlp", 3, (8, 8, 3), {}).eval()
    images = np.random.default_rng(0).integers(256, size=(50, 8, 8, 3), dtype=np.uint8)
    fine, coarse = (
        evaluate.predict(
            model,
            example_records.run(precision=precision),
            images,
            np.zeros(50, int),
            list("xyz"),
            False,
        )
        for precision in ("fp32", "bf16")
    )
    difference = (fine["confidence"] - coarse["confidence"]).abs()
    assert 1e-4 < difference.max() < 0.05


def test_some_of_the_images_in_an_order():
    found, images, labels = {}, NOISE[:20], np.arange(20) % 3
    index = np.array([17, 4, 17])
    for name, of in {"all": None, "some": index}.items():
        found[name] = predicted(images, labels if of is None else labels[of], of)
    some = found["some"].drop(columns="index")
    pd.testing.assert_frame_equal(
        some, found["all"].drop(columns="index").iloc[index].reset_index(drop=True), atol=1e-6
    )


@pytest.mark.parametrize("index", [None, np.arange(400)[::-1]])
def test_images_are_copied_batch_by_batch(monkeypatch, index):
    """As bytes they are 1.2 MB, and a batch of twenty 61 kB."""
    monkeypatch.setattr(classifier, "CHUNK", 20)
    whole = predicted(NOISE, np.zeros(400, int), index)
    with at_most(NOISE.nbytes // 4):
        found = predicted(NOISE, np.zeros(400, int), index)
    pd.testing.assert_frame_equal(found, whole)


NOISE = np.random.default_rng(0).integers(256, size=(400, 32, 32, 3), dtype=np.uint8)


def predicted(images_nhwc, labels, index) -> pd.DataFrame:
    torch.manual_seed(0)
    model = classifier.build("mlp", 3, images_nhwc.shape[1:], {"widths": [4]}).eval()
    run = example_records.run()
    return evaluate.predict(model, run, images_nhwc, labels, list("xyz"), False, index)


def both(images_nchw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return images_nchw, images_nchw.flip(3)


def test_costs_are_means_over_the_seeds_and_of_images_of_the_data_set():
    model = classifier.build("mlp", 10, (6, 4, 3), {})
    first = example_records.run(
        train_seconds=10.0, images_per_second=100.0, peak_memory_gb=1.0, epochs=3,
        train_images=1000, seconds_spread=3.5, train_petaflop=0.05,
    )  # fmt: skip
    second = example_records.run(
        train_seconds=30.0, images_per_second=300.0, peak_memory_gb=2.0, epochs=6,
        train_images=1000, seconds_spread=1.25, train_petaflop=0.04,
    )  # fmt: skip
    dataset = example_records.dataset(image_size=(6, 4))
    found = evaluate.costs(model, [first, second], dataset)
    gflops = 2 * (72 * 128 + 128 * 64 + 64 * 10) / 1e9
    assert found == {
        "parameters": evaluate.parameters(model),
        "gflops": pytest.approx(gflops, rel=1e-12),
        "budget_petaflop": 0.05,
        "train_petaflop": pytest.approx(0.045),
        "train_seconds": 20.0,
        "images_per_second": 200.0,
        "peak_memory_gb": 1.5,
        "train_images": 1000,
        "epochs": 4.5,
        "seconds_spread": 3.5,
        "device": "a processor",
        "recipe": "tuned",
        "budget": "quick",
    }


def test_the_energy_is_the_mean_over_the_seeds_if_every_run_s_was_counted():
    model = classifier.build("mlp", 3, (8, 8, 3), {})
    joules = (1000.0, 5000.0, None)
    first, second, unknown = (example_records.run(energy_joules=one) for one in joules)
    dataset = example_records.dataset()
    assert evaluate.costs(model, [first, second], dataset)["energy_joules"] == 3000.0
    assert "energy_joules" not in evaluate.costs(model, [first, unknown], dataset)


def test_a_multiply_accumulate_counts_as_two():
    model = classifier.build("mlp", 10, SHAPE, {})
    macs = 3072 * 128 + 128 * 64 + 64 * 10
    assert classifier.gflops(model, (3, 32, 32)) == pytest.approx(2 * macs / 1e9, rel=1e-12, abs=0)


def test_resnet18_with_the_small_stem():
    """1.11 GFLOP with a 3×3 stem and no pool; its published parameter count at ten classes."""
    model = classifier.build("resnet18", 10, SHAPE, {})
    assert classifier.gflops(model, (3, 32, 32)) == pytest.approx(1.111, abs=0.002)
    assert evaluate.parameters(model) == 11_173_962


def test_the_count_is_of_one_image_and_prints_nothing(capsys):
    model = classifier.build("mlp", 10, SHAPE, {}).train()
    assert classifier.gflops(model, (3, 32, 32)) < 0.001
    assert capsys.readouterr().out == ""
