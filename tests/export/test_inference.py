"""What is timed is what was asked for, and a row's numbers are those of its times."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from archbench.export import inference
from archbench.export.inference import BATCH, FORMS, ROUNDS, SINGLES
from archbench.export.paths import INFERENCE, INT8, ONNX, converted

STAGE = Path(__file__).parents[2] / "stages" / "inference.py"


def test_every_network_has_its_turn_in_every_round():
    calls = []
    batch = np.arange(BATCH, dtype=np.uint8)[:, None]
    runs = {name: lambda images, name=name: calls.append((name, len(images))) for name in "ab"}
    singles, batches = inference.time(runs, batch)
    assert calls[:4] == [("a", BATCH), ("a", 1), ("b", BATCH), ("b", 1)], "a warm-up"
    turn = {name: [(name, 1)] * SINGLES + [(name, BATCH)] for name in "ab"}
    pair = [*turn["b"], *turn["a"], *turn["a"], *turn["b"]]
    assert calls[4:] == pair * (ROUNDS // 2)
    assert singles["a"].shape == (ROUNDS, SINGLES)
    assert batches["b"].shape == (ROUNDS,)
    assert (singles["a"] > 0).all()


def test_a_row_s_numbers():
    singles = np.full((ROUNDS, SINGLES), 0.002)
    singles[0] = 0.005
    singles[1:, 0] = 0.1  # nine of three hundred: beyond the 99th percentile are three
    found = inference.summary(singles, np.full(ROUNDS, 0.5))
    assert found["latency_ms"] == pytest.approx(2)
    assert found["latency_p99_ms"] == pytest.approx(100)
    assert found["spread"] == pytest.approx(2.5)
    assert found["images_per_second"] == pytest.approx(BATCH / 0.5)


def test_the_accuracy_of_8_bits_and_what_they_change():
    """Right in 10 of 100 images where float32 is wrong, and wrong in 30 where it is right."""
    label = np.zeros(100, int)
    right = np.arange(100) < 60
    swapped = np.where((np.arange(100) < 30) | (np.arange(100) >= 90), ~right, right)
    table = pd.DataFrame({"label": label, ONNX: 1 - right, INT8: 1 - swapped})
    assert inference.accuracy(table, FORMS[0], 0.005) == {"accuracy": 0.6}
    found = inference.accuracy(table, FORMS[1], 0.005)
    assert found["accuracy"] == pytest.approx(0.4)
    assert found["difference"] == pytest.approx(-0.2)
    spread = 1.96 * np.sqrt((0.4 - 0.2**2) / 100)
    assert found["low"] == pytest.approx(-0.2 - spread, abs=0.01)
    assert found["high"] == pytest.approx(-0.2 + spread, abs=0.01)
    assert found["verdict"] == "these networks differ"
    assert inference.accuracy(table, FORMS[2], 0.005) == {"accuracy": 0.6}


@pytest.fixture(scope="module")
def ran(project):
    return subprocess.run(
        [sys.executable, STAGE], cwd=project, capture_output=True, text=True, check=True
    )


def test_the_stage_measures_every_form_of_what_is_exported(ran, inside):
    table = pd.read_csv(INFERENCE)
    assert table["architecture"].tolist() == ["se_resnet"] * 3
    assert table["form"].tolist() == [form.name for form in FORMS]
    sizes = [(converted("se_resnet") / form.file).stat().st_size / 1e6 for form in FORMS]
    assert table["size_mb"].tolist() == pytest.approx(sizes)
    measured = ["latency_ms", "latency_p99_ms", "spread", "images_per_second", "memory_mb"]
    assert (table[measured] > 0).all(axis=None)
    predictions = pd.read_csv(converted("se_resnet") / "predictions.csv")
    right = [(predictions[name] == predictions["label"]).mean() for name in (ONNX, INT8, ONNX)]
    assert table["accuracy"].tolist() == pytest.approx(right)
    assert ran.stdout.startswith("one image in ONNX Runtime, one thread: se_resnet ")


def test_without_exports_the_tables_are_empty(tmp_path):
    (tmp_path / "params.yaml").write_text("exports: []\nequivalence_margin: 0.5\n")
    (tmp_path / "data/test").mkdir(parents=True)
    np.save(tmp_path / "data/test/images.npy", np.zeros((3, 8, 8, 3), np.uint8))
    done = subprocess.run([sys.executable, STAGE], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "no network is exported\n")
    assert len(pd.read_csv(tmp_path / INFERENCE)) == 0


def test_few_test_images_are_used_more_than_once(ran, inside):
    table = inference.table(
        {"se_resnet": converted("se_resnet")},
        {"se_resnet": pd.DataFrame({"label": [0], ONNX: [0], INT8: [1]})},
        np.zeros((3, 8, 8, 3), np.uint8),
        0.005,
    )
    assert table["accuracy"].tolist() == [1.0, 0.0, 1.0]
