"""The folder to take along: its card says what was found, and every way to load it works."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import synthetic
from huggingface_hub import ModelCard
from PIL import Image

from archbench.base import files, paths
from archbench.base.errors import Refused
from archbench.base.records import DatasetRecord, RunRecord
from archbench.export import card, command, package, page, runtime
from archbench.export.facts import Facts
from archbench.export.folder import whole
from archbench.export.parity import Parity
from archbench.export.paths import INT8, ONNX, converted, exported

STAGE = Path(__file__).parents[2] / "stages" / "export.py"
PARITY = Parity(507, 3e-7, 507)


def measured(name: str) -> pd.DataFrame:
    return synthetic.inference([name]).assign(accuracy=[0.51, 0.47, 0.51])


@pytest.fixture(scope="module")
def folder(project):
    """What the stage makes; the measurements are made up."""
    files.write_table(project / "metrics/inference.csv", measured("se_resnet"))
    subprocess.run([sys.executable, STAGE, "se_resnet"], cwd=project, check=True)
    return project / exported("se_resnet")


@pytest.fixture
def facts(inside):
    duplicates = files.read_table(paths.detail("duplicates")).set_index("architecture")
    return Facts(
        dataset=DatasetRecord.read(paths.DATASET),
        run=RunRecord.read(paths.run("se_resnet", 0)),
        numbers=files.read_json(paths.numbers("se_resnet")),
        pairs=files.read_table(paths.PAIRWISE),
        duplicates=duplicates.loc["se_resnet"].to_dict(),
        forms=measured("se_resnet"),
    )


def test_the_card_s_metadata_is_what_the_hub_reads(folder):
    data = ModelCard.load(folder / "README.md").data
    assert (data.library_name, data.pipeline_tag) == ("timm", "image-classification")
    (result,) = data.eval_results
    assert result.metric_value == 0.51
    assert (result.dataset_name, result.dataset_split) == ("Pets", "test")
    assert data.datasets is None, "the Hub does not know them"


def test_the_hub_s_name_of_a_known_data_set(facts):
    known = facts.dataset.model_copy(update={"name": "cifar10", "title": "CIFAR-10"})
    object.__setattr__(facts, "dataset", known)
    assert "- uoft-cs/cifar10\n" in card.metadata(facts)


def test_every_block_of_code_runs_in_the_folder(folder, inside):
    """As a reader pastes them, one after the other."""
    image = files.read_array(paths.TEST_IMAGES)[0]
    Image.fromarray(image).resize((64, 40)).save(folder / "photo.jpg")
    blocks = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 3
    check = """
found, other = probabilities.detach().numpy(), onnxruntime.InferenceSession("model.onnx")
assert abs(found - other.run(None, {"images": images})[0]).max() < 1e-5
assert abs((logits / 1.7).softmax(1).detach().numpy() - found).max() < 1e-4
"""
    program = "\n".join([*blocks, check])
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=folder, check=True)
    (folder / "photo.jpg").unlink()


def test_the_card_names_every_file_by_its_digest(folder):
    text = (folder / "README.md").read_text()
    for path in set(folder.iterdir()) - {folder / "README.md"}:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert f"`{path.name}`, {path.stat().st_size:,} bytes: `{digest}`" in text


def test_dvc_shows_the_network_in_float32(folder, inside):
    shown = json.loads(Path("metrics/inference/se_resnet.json").read_text())
    first = {"latency_ms": 1.0, "images_per_second": 1234.0, "size_mb": 2.5, "accuracy": 0.51}
    assert shown == first


def test_the_card_has_the_figures_of_the_tables(folder):
    text = (folder / "README.md").read_text()
    for line in (
        "| accuracy | 50.0 % [45.0, 55.0] |",
        "| calibration error (ECE, 15 bins) | 2.0 % [1.5, 3.0]; 1.0 % by chance alone |",
        "| ONNX Runtime, int8 | 47.0 % | -1.00 [-2.00, 0.00], not decided | 0.40 ms | 9.00 ms |",
        "507 of 507 test images get the same class",
        "12 test images have a near-duplicate among the training images. Without them the "
        "accuracy is 48.0 %, on them 90.0 %.",
        "With fewer than three seeds the intervals are of trained networks",
        "- `options.widths`: [4, 8]",
    ):
        assert line in text
    assert "clip_norm" not in text, "it is off"


def test_a_difference_is_told_from_this_network_s_side(facts):
    pair = facts.pairs.iloc[0]
    assert (pair["first"], pair["verdict"]) == ("mlp", "better")
    (row,) = card.others("se_resnet", facts.pairs)
    low, high = (f"{-100 * pair[end]:.1f}" for end in ("high", "low"))
    gap = f"{-100 * pair['difference']:.1f} [{low}, {high}]"
    assert row == {"other": "mlp", "difference": gap, "verdict": "worse"}
    (row,) = card.others("mlp", facts.pairs)
    assert row["verdict"] == "better"
    assert card.others("vit", facts.pairs) == []


def test_three_seeds_have_an_interval_for_other_seeds(facts):
    numbers = {**facts.numbers, "seeds": 3, "accuracy_low": 0.4, "accuracy_high": 0.6}
    object.__setattr__(facts, "numbers", numbers)
    text = card.card(facts, PARITY, {}, "abc")
    assert "| accuracy | 50.0 % [40.0, 60.0] |" in text
    assert (
        "mean over 3 networks, each from another seed, of which this folder has that of seed 0"
        in (text)
    )
    assert "With fewer than three seeds" not in text


def test_a_large_network_is_on_the_page_in_8_bits_or_there_is_no_page(facts, monkeypatch):
    folder = converted("se_resnet")
    sizes = {name: (folder / name).stat().st_size for name in (ONNX, INT8)}
    assert sizes[INT8] != sizes[ONNX]
    smaller = min(sizes, key=lambda name: sizes[name])
    given = {}
    monkeypatch.setattr(page, "html", lambda **fields: given.update(fields) or "page")
    assert package.try_page(folder, facts) == "page"
    assert given["model"] == (folder / ONNX).read_bytes()
    assert "51.0 %" in given["remarks"][0]
    if smaller == INT8:
        monkeypatch.setattr(package, "LARGEST", sizes[INT8])
        assert package.try_page(folder, facts) == "page"
        assert given["model"] == (folder / INT8).read_bytes()
        assert "47.0 %" in given["remarks"][0]
    monkeypatch.setattr(package, "LARGEST", 1)
    assert package.try_page(folder, facts) is None
    assert "There is no `try.html`" in card.card(facts, PARITY, {}, "abc")


def test_the_command_makes_the_same_folder_of_any_seed(inside, tmp_path, capsys):
    command.main("se_resnet", 0, tmp_path / "taken")
    images = np.array(files.read_array(paths.TEST_IMAGES))
    found = runtime.predict(tmp_path / "taken" / ONNX, images)
    np.testing.assert_array_equal(found, runtime.predict(converted("se_resnet") / ONNX, images))
    assert "# se_resnet, trained on Pets" in (tmp_path / "taken/README.md").read_text()
    with pytest.raises(Refused, match=r"--to .*taken: should be an empty folder, or none yet"):
        command.main("se_resnet", None, tmp_path / "taken")
    with pytest.raises(Refused, match="se_resnet: has no network of seed 7; train it first"):
        command.main("se_resnet", 7, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_folder_is_there_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "a/b"
    with whole(folder) as made:
        (made / "file").write_text("old")
    with pytest.raises(FileNotFoundError), whole(folder) as made:
        (made / "missing").rename(made / "file")
    assert (folder / "file").read_text() == "old"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]
