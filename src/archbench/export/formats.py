"""A network's files: ONNX, torch.export, and safetensors with the config.json of timm."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from archbench.base import files
from archbench.base.errors import Refused
from archbench.base.predictions import Array
from archbench.base.records import DatasetRecord, RunRecord
from archbench.export import parity
from archbench.export.deployed import Deployed, deploy, predict
from archbench.export.paths import CONFIG, LABELS, ONNX, PT2, SAFETENSORS
from archbench.export.runtime import INPUT, OUTPUT
from archbench.export.timm_models import PREFIX
from archbench.networks import weights
from archbench.networks.classifier import Classifier
from archbench.networks.vision import timm

NETWORK = "classifier.network."
"""What the names of a network's own weights begin with."""


def write(folder: Path, deployed: Deployed, run: RunRecord, dataset: DatasetRecord) -> None:
    """Every format but the quantised one. Refused if torch cannot export some operator."""
    program = export(deployed, run.architecture, dataset.image_shape)
    with files.atomic(folder / PT2) as temporary, temporary.open("wb") as file, _quiet():
        torch.export.save(program, file)
    with files.atomic(folder / ONNX) as temporary:
        _onnx(program, run.architecture, temporary)
    own = weights.copy_of(deployed)
    state = {name.removeprefix(NETWORK): own[name] for name in own if name.startswith(NETWORK)}
    weights.write(folder / SAFETENSORS, state)
    files.write_json(folder / CONFIG, timm_config(deployed, run, dataset))
    files.write_text(folder / LABELS, "".join(f"{name}\n" for name in dataset.classes))


def export(
    deployed: Deployed, architecture: str, image_shape: tuple[int, int, int]
) -> torch.export.ExportedProgram:
    """The graph of any number of uint8 images (N, H, W, C)."""
    example = torch.zeros(2, *image_shape, dtype=torch.uint8)
    batch = {"images": {0: torch.export.Dim("batch")}}
    with _quiet(), _refusing(architecture, "torch.export"):
        return torch.export.export(deployed, (example,), dynamic_shapes=batch)


def _onnx(program: torch.export.ExportedProgram, architecture: str, path: Path) -> None:
    with _quiet(), _refusing(architecture, "ONNX"):
        made = torch.onnx.export(
            program, dynamo=True, input_names=[INPUT], output_names=[OUTPUT], verbose=False
        )
        assert made is not None
        made.save(path)


@contextlib.contextmanager
def _refusing(architecture: str, form: str) -> Iterator[None]:
    """torch raises whatever its passes do; its first line names the operator."""
    try:
        yield
    except Exception as error:
        first = next((line for line in str(error).splitlines() if line.strip()), repr(error))
        raise Refused(f"{architecture} cannot be exported as {form}: {first}") from None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter prints its steps and warns of its own future."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


def hold(
    folder: Path, deployed: Deployed, name: str, images_nhwc: NDArray[np.uint8], expected: Array
) -> None:
    """Refused if the forms that torch reads predict other than `expected`, (N, classes)."""
    program = torch.export.load(folder / PT2).module()
    loaded = timm.create_model(f"local-dir:{folder}", pretrained=True)
    again = Classifier(loaded, images_nhwc.shape[3])
    for key, value in timm.data.resolve_model_data_config(loaded).items():
        if key in ("mean", "std"):
            getattr(again, key)[0, :, 0, 0] = torch.tensor(value)
    again_deployed = deploy(again, deployed.temperature)
    for file, model in ((PT2, program), (SAFETENSORS, again_deployed)):
        found = parity.measure(expected, predict(model, images_nhwc))
        parity.hold(found, f"{name}: {file}")


def timm_config(deployed: Deployed, run: RunRecord, dataset: DatasetRecord) -> dict[str, Any]:
    """As timm and the Hugging Face Hub read it. The temperature has no place in theirs."""
    height, width, channels = dataset.image_shape
    classifier = deployed.classifier
    return {
        "architecture": PREFIX + run.architecture,
        "num_classes": len(dataset.classes),
        "model_args": {
            "num_classes": len(dataset.classes),
            "in_chans": channels,
            "img_size": [height, width],
            **run.hyperparameters["options"],
        },
        "temperature": deployed.temperature,
        "pretrained_cfg": {
            "num_classes": len(dataset.classes),
            "input_size": [channels, height, width],
            "fixed_input_size": True,
            "interpolation": "bicubic",
            "crop_pct": 1.0,
            "crop_mode": "squash",
            "mean": classifier.mean.flatten().tolist(),
            "std": classifier.std.flatten().tolist(),
            "label_names": dataset.classes,
        },
    }
