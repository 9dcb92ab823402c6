"""What predicting costs on this machine: latency, throughput, memory and size, on one thread.

Times are taken in rounds, in each of which every network of every form has its turn, so that other
work on the machine slows all of them alike.
"""

import multiprocessing
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import psutil
from numpy.typing import NDArray

from archbench.comparison import pairwise
from archbench.export.paths import INT8, ONNX, PT2

Predict = Callable[[NDArray[np.uint8]], Any]
"""Of uint8 images (N, H, W, C)."""

ROUNDS = 10
SINGLES = 30
"""Predictions of one image in a round."""
BATCH = 128
"""Images of the one batch in a round."""


class Form(NamedTuple):
    """A file, and what runs it."""

    name: str
    file: str


FLOAT, QUANTISED = Form("ONNX Runtime", ONNX), Form("ONNX Runtime, int8", INT8)
FORMS = (FLOAT, QUANTISED, Form("torch", PT2))
COLUMNS = [
    *("architecture", "form", "accuracy", "difference", "low", "high", "verdict"),
    *("latency_ms", "latency_p99_ms", "spread", "images_per_second", "size_mb", "memory_mb"),
]


def load(path: Path) -> Predict:
    """On one thread. The runtime is imported here, so that a process has only its own in memory."""
    if path.suffix == ".pt2":
        import torch

        torch.set_num_threads(1)
        program = torch.inference_mode()(torch.export.load(path).module())
        return lambda images: program(torch.from_numpy(images))
    from archbench.export import runtime

    opened = runtime.session(path, threads=1)
    return lambda images: runtime.run(opened, images)


def table(
    folders: Mapping[str, Path],
    predictions: Mapping[str, pd.DataFrame],
    images_nhwc: NDArray[np.uint8],
    margin: float,
) -> pd.DataFrame:
    """A row per architecture and form; by architecture, stage convert's folder and predictions.

    Latencies are of one image in milliseconds; `spread` is the slowest round's median over the
    fastest's. `memory_mb` is by how much a process grows, 10⁶ bytes, that loads the network and
    predicts a batch. `difference` to `verdict` compare the 8-bit file's accuracy with that of
    float32 on the same test images; `margin`, a fraction, is practically none.
    """
    files = {(name, form): path / form.file for name, path in folders.items() for form in FORMS}
    runs = {key: load(path) for key, path in files.items()}
    shape = images_nhwc.shape[1:]
    singles, batches = time(runs, np.resize(images_nhwc, (BATCH, *shape)))
    rows = [
        {"architecture": name, "form": form.name}
        | accuracy(predictions[name], form, margin)
        | summary(singles[name, form], batches[name, form])
        | {"size_mb": path.stat().st_size / 1e6, "memory_mb": memory(path, shape)}
        for (name, form), path in files.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def accuracy(predictions: pd.DataFrame, form: Form, margin: float) -> dict[str, Any]:
    """On the test images, and what 8 bits change. torch has the classes of ONNX Runtime, but for
    one image in 10,000 at most, which stage convert has seen to."""
    float32, int8 = (predictions[[file]].eq(predictions["label"], axis=0) for file in (ONNX, INT8))
    if form != QUANTISED:
        return {"accuracy": float32.to_numpy().mean()}
    change = pairwise.compare(int8.to_numpy(), float32.to_numpy(), margin)
    kept = {key: getattr(change, key) for key in ("difference", "low", "high", "verdict")}
    return {"accuracy": int8.to_numpy().mean()} | kept


Times = dict[Any, NDArray[np.float64]]


def time(runs: Mapping[Any, Predict], batch: NDArray[np.uint8]) -> tuple[Times, Times]:
    """Seconds of single images (ROUNDS, SINGLES) and of the batch (ROUNDS,), after a warm-up.

    Every other round has the reverse order.
    """
    singles = {key: np.zeros((ROUNDS, SINGLES)) for key in runs}
    batches = {key: np.zeros(ROUNDS) for key in runs}
    for predict in runs.values():
        predict(batch), predict(batch[:1])
    for number in range(ROUNDS):
        for key in list(runs)[:: 1 if number % 2 else -1]:
            for turn in range(SINGLES):
                image = batch[turn % len(batch)][None]
                singles[key][number, turn] = _seconds(runs[key], image)
            batches[key][number] = _seconds(runs[key], batch)
    return singles, batches


def _seconds(predict: Predict, images: NDArray[np.uint8]) -> float:
    begun = perf_counter()
    predict(images)
    return perf_counter() - begun


def summary(singles: NDArray[np.float64], batches: NDArray[np.float64]) -> dict[str, float]:
    """Of `time`'s seconds: the numbers of a row."""
    medians = np.median(singles, axis=1)
    return {
        "latency_ms": 1000 * float(np.median(singles)),
        "latency_p99_ms": 1000 * float(np.quantile(singles, 0.99)),
        "spread": float(medians.max() / medians.min()),
        "images_per_second": BATCH / float(np.median(batches)),
    }


def memory(path: Path, image_shape: tuple[int, ...]) -> float:
    """10⁶ bytes that a new process grows by."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_growth, (path, image_shape))


def _growth(path: Path, image_shape: tuple[int, ...]) -> float:
    import_module("torch" if path.suffix == ".pt2" else "onnxruntime")
    before = psutil.Process().memory_info().rss
    predict = load(path)
    predict(np.zeros((BATCH, *image_shape), np.uint8))
    return (psutil.Process().memory_info().rss - before) / 1e6


def answer(table: pd.DataFrame) -> str:
    """One line: each architecture's latency in ONNX Runtime."""
    rows = table[table["form"] == FLOAT.name]
    if rows.empty:
        return "no network is exported"
    each = (f"{row['architecture']} {row['latency_ms']:.2f} ms" for _, row in rows.iterrows())
    return f"one image in ONNX Runtime, one thread: {', '.join(each)}"
