"""Files of pictures are answered as stage evaluate answered the same images, bit for bit."""

import io
import json
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import example_records
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from archbench.base import files
from archbench.base.errors import Refused
from archbench.base.predictions import probabilities_of
from archbench.evaluation import calibration, selective
from archbench.networks import classifier, weights
from archbench.predicting import command, network

STAGE = Path(__file__).parents[2] / "stages" / "evaluate.py"
IMAGES = network.BATCH + 7


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Two seeds' networks that nothing trained, evaluated; the test images are files too."""
    root = tmp_path_factory.mktemp("project")
    random, data = np.random.default_rng(0), root / "data"
    for half, images in (("train", 240), ("test", IMAGES)):
        pixels = random.integers(256, size=(images, 8, 8, 3), dtype=np.uint8)
        files.write_array(data / half / "images.npy", pixels)
        files.write_array(data / half / "labels.npy", (np.arange(images) % 3).astype(np.uint8))
    files.write_array(data / "split/validation.npy", np.arange(200))
    arrays = {str(path.relative_to(data)): path for path in data.glob("t*/*.npy")}
    dataset = example_records.dataset(sha256={n: files.sha256(p) for n, p in arrays.items()})
    dataset.write(data / "dataset.json")
    for seed in (0, 1):
        model = classifier.rebuild(example_records.run(seed=seed), dataset)
        best = data / f"models/mlp/{seed}/best.safetensors"
        weights.write(best, weights.copy_of(model))
        run = example_records.run(seed=seed, weights={best.name: files.sha256(best)})
        run.write(data / f"runs/mlp/{seed}/run.json")
    (root / "params.yaml").write_text("seeds: [0, 1]\ntest_time_flip: true\nrobustness: false\n")
    subprocess.run([sys.executable, STAGE, "mlp"], cwd=root, capture_output=True, check=True)
    (root / "photos/more").mkdir(parents=True)
    for number, image in enumerate(files.read_array(data / "test/images.npy")):
        Image.fromarray(image).save(root / f"photos/{number:04}.png")
    with chdir(root):
        yield root


def predict(*names: str, ensemble: bool = False, risk: float = 0.3, output: str = "csv") -> None:
    command.main("mlp", names, ensemble, risk, output)


def evaluated(table: str = "predictions") -> dict[int, pd.DataFrame]:
    """By seed."""
    rows = files.read_table(Path(f"data/evaluation/mlp/{table}.csv"))
    return {seed: rows[rows["seed"] == seed] for seed in (0, 1)}


def test_answers_are_those_of_stage_evaluate_bit_for_bit(project, capsys):
    networks = network.load("mlp", [1])
    images = files.read_array(Path("data/test/images.npy"))
    trained, calibrated = network.predict(networks, np.array(images))
    rows = evaluated()[1]
    assert (trained == probabilities_of(rows).astype(np.float32)).all()
    scaled = calibration.scale(rows, networks.members[0].temperature)
    np.testing.assert_allclose(calibrated, probabilities_of(scaled), rtol=1e-6)


def test_files_are_answered_in_their_order_a_row_each(project, capsys):
    predict("photos")
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    rows = evaluated()[0]
    scaled = calibration.scale(rows, network.load("mlp", [0]).members[0].temperature)
    assert table["file"].tolist() == [f"photos/{number:04}.png" for number in range(IMAGES)]
    names = example_records.dataset().classes
    assert table["class_1"].tolist() == [names[number] for number in rows["prediction"]]
    np.testing.assert_allclose(table["probability_1"], scaled["confidence"], rtol=1e-6)
    three = table[["probability_1", "probability_2", "probability_3"]]
    np.testing.assert_allclose(three.sum(axis=1), 1, rtol=1e-5)


def test_below_the_threshold_that_keeps_the_risk_an_answer_is_unsure(project, capsys):
    rows, held_out = evaluated()[0], evaluated("validation")[0]
    for risk in (0.62, 0.001):
        predict("photos", risk=risk)
        printed = capsys.readouterr()
        table = pd.read_csv(io.StringIO(printed.out))
        least = selective.guaranteed_threshold(held_out, risk)
        assert table["unsure"].tolist() == (rows["confidence"] < least).tolist()
        assert ("all unsure" in printed.err) == table["unsure"].all() == np.isinf(least)


def test_an_ensemble_is_the_mean_of_all_seeds(project):
    both = network.load("mlp", [0, 1])
    images = np.array(files.read_array(Path("data/test/images.npy"))[:9])
    each = [network.predict(network.load("mlp", [seed]), images) for seed in (0, 1)]
    assert (each[0][0] != each[1][0]).any()
    for found, one, other in zip(network.predict(both, images), *each, strict=True):
        np.testing.assert_allclose(found, (one + other) / 2, rtol=1e-6)


def test_each_output_says_the_same(project, capsys):
    predict("photos/0003.png", output="json")
    (line,) = capsys.readouterr().out.splitlines()
    answer = json.loads(line)
    predict("photos/0003.png")
    row = pd.read_csv(io.StringIO(capsys.readouterr().out)).iloc[0]
    predict("photos/0003.png", output="text")
    text = capsys.readouterr().out
    best = answer["classes"][0]
    assert (answer["file"], best["class"]) == ("photos/0003.png", row["class_1"])
    assert best["probability"] == pytest.approx(row["probability_1"], rel=1e-6)
    assert len(answer["classes"]) == 3
    assert text.startswith(f"photos/0003.png: {best['class']} {best['probability']:.1%}, ")
    assert text.endswith(", unsure\n") == answer["unsure"]


def test_what_cannot_be_read_is_named_and_the_rest_answered(project, capsys, monkeypatch):
    Path("photos/more/broken.png").write_bytes(b"\x89PNG")
    monkeypatch.setattr("sys.stdin", io.StringIO("photos/0001.png\nphotos/more\nnowhere.png\n"))
    with pytest.raises(SystemExit) as ended:
        predict("-")
    Path("photos/more/broken.png").unlink()
    printed = capsys.readouterr()
    assert pd.read_csv(io.StringIO(printed.out))["file"].tolist() == ["photos/0001.png"]
    assert [line.split(": ")[0] for line in str(ended.value.code).splitlines()] == [
        "photos/more/broken.png",
        "nowhere.png",
    ]  # which Python prints, and ends with 1


@pytest.mark.parametrize(
    ("model", "names", "risk", "message"),
    [
        ("vit", ["photos"], 0.1, r"vit: has no network of seed 0; trained are: mlp \(seed 0\)"),
        ("mlp", ["photos/more"], 0.1, "photos/more: no PNG or JPEG there"),
        ("mlp", ["photos"], 1.0, r"--risk 1\.0: should be between 0 and 1"),
    ],
)
def test_bad_input_is_refused(project, model, names, risk, message):
    with pytest.raises(Refused, match=message):
        command.main(model, names, False, risk, "text")
