"""A small network that nothing trained, as the earlier stages would have left it, and converted."""

from contextlib import chdir
from pathlib import Path

import example_records
import numpy as np
import pandas as pd
import pytest

from archbench.base import files
from archbench.comparison import pairwise
from archbench.export import conversion, paths, trained
from archbench.networks import classifier, weights

IMAGES = 507
OPTIONS = {"widths": [4, 8]}
TEMPERATURE = 1.7


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """Its folder; the working directory is another."""
    root = tmp_path_factory.mktemp("project")
    with chdir(root):
        write_data(Path("data"))
        write_tables()
        folder = paths.converted("se_resnet")
        folder.mkdir(parents=True)
        conversion.convert(trained.read("se_resnet", 0), folder)
        files.write_text(
            Path("params.yaml"), "seeds: [0]\nequivalence_margin: 0.5\nexports: [se_resnet]\n"
        )
    return root


@pytest.fixture
def inside(project, monkeypatch):
    monkeypatch.chdir(project)
    return project


def write_data(data: Path) -> None:
    random = np.random.default_rng(0)
    for half, images in (("train", 700), ("test", IMAGES)):
        pixels = random.integers(256, size=(images, 8, 8, 3), dtype=np.uint8)
        files.write_array(data / half / "images.npy", pixels)
        files.write_array(data / half / "labels.npy", (np.arange(images) % 3).astype(np.uint8))
    files.write_array(data / "split/train.npy", np.arange(650))
    arrays = {str(path.relative_to(data)): path for path in data.glob("t*/*.npy")}
    dataset = example_records.dataset(sha256={n: files.sha256(p) for n, p in arrays.items()})
    dataset.write(data / "dataset.json")
    run = example_records.run(
        architecture="se_resnet",
        hyperparameters={"lr": 0.1, "clip_norm": None, "options": OPTIONS},
        versions={"torch": "2.13", "timm": "1.0"},
    )
    model = classifier.rebuild(run, dataset)
    model.mean += 0.4
    model.std /= 4
    best = data / "models/se_resnet/0/best.safetensors"
    weights.write(best, weights.copy_of(model))
    known = run.model_copy(update={"weights": {best.name: files.sha256(best)}})
    known.write(data / "runs/se_resnet/0/run.json")


def write_tables() -> None:
    """What stages evaluate and compare have of it and of another, `mlp`."""
    seeds = pd.DataFrame({"seed": [0], "temperature": [TEMPERATURE]})
    files.write_table(Path("data/evaluation/se_resnet/seeds.csv"), seeds)
    numbers = {
        **{"accuracy": 0.5, "seeds": 1, "network_low": 0.45, "network_high": 0.55},
        **{"f1_macro": 0.49, "scaled_loss": 1.2, "scaled_ece": 0.02, "scaled_ece_floor": 0.01},
        **{"scaled_ece_low": 0.015, "scaled_ece_high": 0.03, "coverage_at_guaranteed_risk": 0.1},
        "test_time_flip": False,
    }
    files.write_json(Path("data/evaluation/se_resnet/numbers.json"), numbers)
    random = np.random.default_rng(1)
    hits = {name: random.random((300, 3)) < p for name, p in (("se_resnet", 0.5), ("mlp", 0.8))}
    files.write_table(Path("metrics/pairwise.csv"), pairwise.table(hits, 0.005))
    duplicates = pd.DataFrame(
        {"architecture": ["se_resnet"], "without": [0.48], "on_them": [0.9], "images": [12]}
    )
    files.write_table(Path("metrics/details/duplicates.csv"), duplicates)
