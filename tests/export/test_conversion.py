"""Every format predicts what the network does, or nothing is written."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest
import torch
from allocated import at_most

from archbench.base import files, paths
from archbench.base.errors import Refused
from archbench.export import (
    conversion,
    deployed,
    formats,
    parity,
    quantisation,
    runtime,
    timm_models,
    trained,
)
from archbench.export.paths import CONFIG, INT8, ONNX, PT2, SAFETENSORS, converted
from archbench.networks import classifier
from archbench.networks.backend import configure
from archbench.networks.vision import timm

TEMPERATURE = 1.7
"""Of conftest's network."""
STAGES = Path(__file__).parents[2] / "stages"


@pytest.fixture
def folder(inside):
    return converted("se_resnet")


@pytest.fixture
def images(inside):
    return np.array(files.read_array(paths.TEST_IMAGES))


@pytest.fixture
def expected(images):
    """The network's own way: normalised, its logits divided by the temperature, softmax."""
    model = trained.read("se_resnet", 0).model
    logits = classifier.predict(model, torch.from_numpy(images), configure("fp32"))
    return (logits / TEMPERATURE).softmax(1).numpy()


def test_onnx_takes_bytes_and_gives_calibrated_probabilities(folder, images, expected):
    session = onnxruntime.InferenceSession(folder / ONNX)
    (only,) = session.get_inputs()
    assert (only.name, only.type, only.shape[1:]) == ("images", "tensor(uint8)", [8, 8, 3])
    np.testing.assert_allclose(session.run(None, {"images": images})[0], expected, atol=1e-5)
    for number in (1, 3):
        some = session.run(["probabilities"], {"images": images[:number]})[0]
        np.testing.assert_allclose(some, expected[:number], atol=1e-5)


@pytest.mark.parametrize("form", ["network", ONNX])
def test_images_are_copied_batch_by_batch(folder, monkeypatch, form):
    images = np.zeros((400, 8, 8, 3), np.uint8)
    monkeypatch.setattr(classifier, "CHUNK", 10)
    network = deployed.deploy(trained.read("se_resnet", 0).model, TEMPERATURE)
    deployed.predict(network, images[:10])  # what torch makes at its first use
    with at_most(images.nbytes // 2):
        if form == ONNX:
            runtime.predict(folder / ONNX, images, 10)
        else:
            deployed.predict(network, images)


def test_onnx_is_one_file(folder):
    """Large weights would otherwise lie beside it."""
    onnx.checker.check_model(onnx.load(folder / ONNX, load_external_data=False))


def test_torch_loads_it_without_archbench(folder, images, expected):
    program = """if True:
        import sys, numpy, torch
        images = torch.from_numpy(numpy.load("data/test/images.npy"))
        found = torch.export.load(sys.argv[1]).module()(images[:5])
        assert "archbench" not in sys.modules
        numpy.save(sys.argv[2], found.detach().numpy())
    """
    out = Path("torch_s.npy")
    subprocess.run([sys.executable, "-c", program, folder / PT2, out], check=True)
    np.testing.assert_allclose(np.load(out), expected[:5], atol=1e-5)


def test_timm_loads_it_as_one_of_its_models(folder, images, expected):
    model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    data = timm.data.resolve_model_data_config(model)
    mean, std = (torch.tensor(data[key]).view(3, 1, 1) for key in ("mean", "std"))
    normalised = (torch.from_numpy(images).permute(0, 3, 1, 2) / 255 - mean) / std
    with torch.inference_mode():
        logits = model(normalised)
    temperature = json.loads((folder / CONFIG).read_text())["temperature"]
    np.testing.assert_allclose((logits / temperature).softmax(1), expected, atol=1e-5)
    assert model.pretrained_cfg["label_names"] == ["cat", "dog", "frog"]
    assert data["input_size"] == (3, 8, 8)


def test_every_architecture_has_a_name_of_timms():
    known = timm.list_models(f"{timm_models.PREFIX}*")
    assert {"archbench_resnet18", "archbench_vit", "archbench_speednet"} <= set(known)
    assert timm.create_model("resnet18").fc.out_features == 1000, "timm's own is still timm's"


def test_labels_are_in_the_order_of_the_outputs(folder):
    assert (folder / "labels.txt").read_text() == "cat\ndog\nfrog\n"


def test_eight_bits_are_a_quarter_of_the_weights_and_predict_almost_the_same(
    folder, images, expected
):
    operators = {node.op_type for node in onnx.load(folder / INT8).graph.node}
    assert "QuantizeLinear" in operators
    found = runtime.predict(folder / INT8, images, 500)
    assert (found.argmax(1) == expected.argmax(1)).mean() > 0.9
    assert np.abs(found - expected).max() > 1e-4, "it is the network in float32"


def test_ranges_are_of_the_training_images_alone(inside, monkeypatch):
    given = []
    monkeypatch.setattr(quantisation, "quantise", lambda _, images, to: given.append(images))
    monkeypatch.setattr(runtime, "predict", lambda *_: (_ for _ in ()).throw(Refused("enough")))
    with pytest.raises(Refused, match="enough"):
        conversion.convert(trained.read("se_resnet", 0), inside / "elsewhere")
    train = files.read_array(paths.TRAIN_IMAGES)
    np.testing.assert_array_equal(given[0], train[np.arange(0, 650, 2)])


def test_what_the_files_predict_is_kept(folder, expected):
    table = pd.read_csv(folder / "predictions.csv")
    assert table["label"].tolist() == [number % 3 for number in range(507)]
    assert table[ONNX].tolist() == expected.argmax(1).tolist()
    found = json.loads((folder / "parity.json").read_text())
    assert found["images"] == found["equal_classes"] == 507
    assert 0 < found["largest_difference"] < 1e-5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ([[0.5, 0.5]], None),
        ([[0.50009, 0.49991]], None),
        ([[0.5002, 0.4998]], r"differ by at most 2.0e-04; should be .* at most 1e-04"),
    ],
)
def test_probabilities_that_differ_by_more_than_rounding(change, words):
    network_s = np.array([[0.5, 0.5]] * 3)
    found = parity.measure(network_s, np.array([*network_s[:2], *change]))
    if words is None:
        parity.hold(found, "model.onnx")
    else:
        with pytest.raises(Refused, match=words):
            parity.hold(found, "model.onnx")


@pytest.mark.parametrize(("images", "other", "held"), [(10_000, 1, True), (10_000, 2, False)])
def test_classes_may_differ_in_one_image_of_ten_thousand(images, other, held):
    network_s = np.tile([0.50001, 0.49999], (images, 1))
    file_s = network_s.copy()
    file_s[:other] = [0.49999, 0.50001]
    found = parity.measure(network_s, file_s)
    assert found.equal_classes == images - other
    if held:
        parity.hold(found, "model.onnx")
    else:
        with pytest.raises(Refused, match=r"9,998 of 10,000 .* should be at least 9,999"):
            parity.hold(found, "model.onnx")


@pytest.mark.parametrize("file", [PT2, SAFETENSORS])
def test_a_file_of_other_weights_is_refused(folder, images, expected, tmp_path, file):
    """Its neighbours are those of the network."""
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    read = trained.read("se_resnet", 0)
    with torch.no_grad():
        read.model.get_parameter("network.head.weight").mul_(2)
    (tmp_path / "other").mkdir()
    formats.write(tmp_path / "other", deployed.deploy(read.model, 1.0), read.run, read.dataset)
    (tmp_path / "other" / file).replace(tmp_path / file)
    network = deployed.deploy(trained.read("se_resnet", 0).model, TEMPERATURE)
    with pytest.raises(Refused, match=f"se_resnet: {file} predicts other than the network"):
        formats.hold(tmp_path, network, "se_resnet", images, expected)


class Unsupported(torch.nn.Module):
    def forward(self, images):
        return images.flatten(1)[:, :3].repeat(1, int(images.sum()) % 2 + 1)


def test_an_operator_that_cannot_be_exported_is_one_line(inside, tmp_path):
    read = trained.read("se_resnet", 0)
    read.model.network = Unsupported()
    network = deployed.deploy(read.model, 1.0)
    with pytest.raises(Refused, match=r"^se_resnet cannot be exported as torch\.export: .+$") as no:
        formats.write(tmp_path, network, read.run, read.dataset)
    assert "\n" not in str(no.value)
    assert not list(tmp_path.iterdir())


def test_a_stage_that_is_refused_leaves_nothing(inside, monkeypatch):
    done = subprocess.run(
        [sys.executable, STAGES / "convert.py", "mlp"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr == "mlp: has no network of seed 0; train it first: dvc repro\n"
    assert [path.name for path in Path("data/converted").iterdir()] == ["se_resnet"]


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["speednet", "vit", "convnext", "resnet34"])
def test_every_kind_of_network(architecture, inside, tmp_path):
    """Attention, layer norms, a whitening convolution and timm's blocks, as they are."""
    dataset = trained.read("se_resnet", 0).dataset
    model = classifier.build(architecture, 3, (32, 32, 3), {})
    run = trained.read("se_resnet", 0).run.model_copy(
        update={"architecture": architecture, "hyperparameters": {"options": {}}}
    )
    large = dataset.model_copy(update={"image_size": (32, 32)})
    network = deployed.deploy(model, 1.0)
    formats.write(tmp_path, network, run, large)
    images = np.random.default_rng(0).integers(256, size=(5, 32, 32, 3), dtype=np.uint8)
    expected = deployed.predict(network, images)
    formats.hold(tmp_path, network, architecture, images, expected)
    quantisation.quantise(tmp_path / ONNX, images, tmp_path / INT8)
    parity.hold(parity.measure(expected, runtime.predict(tmp_path / ONNX, images, 500)), ONNX)
    assert runtime.predict(tmp_path / INT8, images, 500).shape == (5, 3)
