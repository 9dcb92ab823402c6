"""Which images are predicted corrupted, and what is written of them."""

import numpy as np
import pandas as pd
import pytest

from archbench.evaluation import corruptions, evaluate

SETTINGS = corruptions.settings(channels=1)
LABELS = np.arange(3000) % 3


def predict(run, images_nhwc, labels) -> pd.DataFrame:
    """Right where the first pixel is darker than the run's seed."""
    right = images_nhwc[:, 0, 0, 0] < run["seed"]
    return pd.DataFrame({"prediction": np.where(right, labels, 9)})


def tables(seed: int, settings) -> dict[str, pd.DataFrame]:
    images = np.random.default_rng(0).integers(256, size=(3000, 8, 8, 1), dtype=np.uint8)
    clean = predict({"seed": seed}, images, LABELS).assign(label=LABELS)
    return evaluate.robustness(predict, {"seed": seed}, clean, images, settings)


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
