"""The stage itself, as a process of its own, on a few images and weights that nothing trained."""

import json
import re
import subprocess
import sys
from pathlib import Path

import example_records
import numpy as np
import pandas as pd
import pytest

from archbench.base import files
from archbench.evaluation import scores
from archbench.networks import classifier, weights

STAGE = Path(__file__).parents[2] / "stages" / "evaluate.py"
RUN = example_records.run()


@pytest.fixture(params=[0, 6, 1], ids=["as they are", "corrupted", "a single one"])
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """24 training images of which two are held out, and 6 test images or one."""
    random, data = np.random.default_rng(0), tmp_path / "data"
    for half, images in (("train", 24), ("test", request.param or 6)):
        pixels = random.integers(256, size=(images, 8, 8, 3), dtype=np.uint8)
        files.write_array(data / half / "images.npy", pixels)
        files.write_array(data / half / "labels.npy", (np.arange(images) % 3).astype(np.uint8))
    files.write_array(data / "split/validation.npy", np.array([17, 4]))
    arrays = {str(path.relative_to(data)): path for path in data.glob("t*/*.npy")}
    digests = {name: files.sha256(path) for name, path in arrays.items()}
    dataset = example_records.dataset(sha256=digests)
    dataset.write(data / "dataset.json")
    model = weights.copy_of(classifier.rebuild(RUN, dataset))
    best = data / "models/mlp/0/best.safetensors"
    weights.write(best, model)
    run = example_records.run(weights={best.name: files.sha256(best)})
    run.write(data / "runs/mlp/0/run.json")
    robustness = str(request.param > 0).lower()
    (tmp_path / "params.yaml").write_text(
        f"seeds: [0]\ntest_time_flip: false\nrobustness: {robustness}\n"
    )
    evaluate(tmp_path).check_returncode()
    return tmp_path


def evaluate(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, STAGE, "mlp"], cwd=root, capture_output=True, text=True)


@pytest.mark.parametrize("project", [6], indirect=True)
def test_the_result_is_one_line_and_stderr_without_a_terminal_has_none(project: Path) -> None:
    done = evaluate(project)
    assert re.match(r"mlp: \d+\.\d % \[\d+\.\d, \d+\.\d\](; .*)?\n$", done.stdout)
    assert done.stderr == ""
    metrics = json.loads((project / "metrics/mlp.json").read_text())
    numbers = json.loads((project / "data/evaluation/mlp/numbers.json").read_text())
    assert metrics == {key: numbers[key] for key in metrics}
    assert set(metrics) | {"at_chance"} == set(scores.HEADLINES)


def test_images_have_their_numbers_in_the_arrays_and_are_counted(project: Path) -> None:
    folder = project / "data/evaluation/mlp"
    held_out = pd.read_csv(folder / "validation.csv")
    assert held_out["index"].tolist() == [17, 4]
    assert held_out["label"].tolist() == [17 % 3, 4 % 3]
    test = pd.read_csv(folder / "predictions.csv")
    assert test["index"].tolist() == list(range(len(test)))
    numbers = json.loads((folder / "numbers.json").read_text())
    assert numbers["corrupted_images"] == len(pd.read_csv(folder / "robustness_shares.csv"))


DAMAGED = "models/mlp/0/best.safetensors", "test/images.npy", "train/labels.npy"


@pytest.mark.parametrize("project", [0], indirect=True)
@pytest.mark.parametrize("name", DAMAGED)
def test_a_flipped_bit_is_refused_in_one_line(project: Path, name: str) -> None:
    path = project / "data" / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    refused = evaluate(project)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"data/{name} is damaged: ")
    assert len(refused.stderr.splitlines()) == 1
