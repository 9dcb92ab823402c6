"""A network's folder: every format, what was checked, the card and the page. Whole or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from archbench.base import files
from archbench.base.predictions import Array
from archbench.comparison import pairwise
from archbench.comparison.pairwise import Difference
from archbench.export import deployed, formats, page, parity, quantisation, runtime
from archbench.export.deployed import Deployed
from archbench.export.inputs import Inputs
from archbench.export.parity import Parity
from archbench.export.paths import CHECKS, INT8, ONNX, TRY
from archbench.style.quantities import percent

PAGE = 18_000_000
"""Bytes of the largest network that fits into the page: base64 makes a third more of them."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What was found of the files, on the test images."""

    parity: Parity
    accuracy: float
    """Of model.onnx."""
    int8_accuracy: float
    int8: Difference
    """The 8-bit file's accuracy less that of model.onnx."""


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A folder beside `folder`, which takes its place if the block succeeds, and goes otherwise."""
    partial = folder.with_name(f".{folder.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write(folder: Path, inputs: Inputs, margin: float) -> Checks:
    """The network's files and what checking them found; `folder` exists already.

    `margin` is the largest difference of two accuracies, as a fraction, that is practically none.
    Refused if the network cannot be exported, or if an exported file predicts otherwise.
    """
    network = deployed.deploy(inputs.model, inputs.temperature)
    formats.write(folder, network, inputs.run, inputs.dataset)
    quantisation.quantise(folder / ONNX, inputs.train_images, folder / INT8)
    checks = check(folder, network, inputs, margin)
    files.write_json(folder / CHECKS, asdict(checks))
    if text := _page(folder, inputs, checks):
        files.write_text(folder / TRY, text)
    return checks


def check(folder: Path, network: Deployed, inputs: Inputs, margin: float) -> Checks:
    """Refused if a file in the folder predicts other than the network."""
    images, name = inputs.test_images, inputs.run.architecture
    torch_s = deployed.predict(network, images)
    formats.hold(folder, network, name, images[:deployed.BATCH], torch_s[:deployed.BATCH])
    onnx_s, int8_s = (runtime.predict(folder / file, images) for file in (ONNX, INT8))
    found = parity.measure(torch_s, onnx_s)
    parity.hold(found, f"{name}: {ONNX}")
    right, int8_right = (_hits(answers, inputs) for answers in (onnx_s, int8_s))
    change = pairwise.compare(int8_right, right, margin)
    return Checks(found, float(right.mean()), float(int8_right.mean()), change)


def _hits(probabilities: Array, inputs: Inputs) -> Array:
    """(images, 1), as a comparison of networks takes them."""
    hits: Array = probabilities.argmax(1) == inputs.test_labels
    return hits[:, None]


def _page(folder: Path, inputs: Inputs, checks: Checks) -> str | None:
    """With the network in float32 if it fits, else in 8 bits; None if neither does."""
    fits = [name for name in (ONNX, INT8) if (folder / name).stat().st_size <= PAGE]
    if not fits:
        return None
    dataset = inputs.dataset
    accuracy = checks.accuracy if fits[0] == ONNX else checks.int8_accuracy
    return page.html(
        title=f"{inputs.run.architecture}, trained on {dataset.title}",
        classes=dataset.classes,
        image_size=dataset.image_size,
        channels=dataset.channels,
        model=(folder / fits[0]).read_bytes(),
        remarks=[
            f"The network is that of {fits[0]}: {percent(accuracy)} of {len(inputs.test_images):,} "
            "test images right.",
            f"It knows {len(dataset.classes)} classes and names one of them whatever a picture "
            "shows. Its probabilities hold for pictures like those of its data set.",
        ],
    )
