"""What compare, gallery and report cost, and hold in memory, as architectures and seeds grow.

    python benchmarks/wide.py [--within NEW] [ARCHITECTURESxSEEDS ...]

Nothing is trained: predictions of 10,000 images are made up, with what stage evaluate writes from
them. Of the numbers that take it long the first seed's stand for all. Each stage then runs in a
process of its own, whose time and largest resident memory are measured. NEW, a folder, keeps the
pages to look at.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import chdir
from pathlib import Path
from typing import Any

import measure
import numpy as np
import pandas as pd

from archbench.base import files, paths
from archbench.base.predictions import Array, hits_of, make_table
from archbench.base.records import DatasetRecord, RunRecord
from archbench.download.catalogue import CIFAR10
from archbench.evaluation import scores
from archbench.export.inference import COLUMNS
from archbench.external.compared import NAMES
from archbench.networks import backend
from archbench.people import cifar10h

SIZES = ("5x1", "10x5", "25x10", "50x20")
STAGES = ("compare", "gallery", "report")
IMAGES, CLASSES, EPOCHS = 10_000, CIFAR10.classes, 30
HARD, OWN, OF_SEED = 1.0, 0.4, 0.3
"""Standard deviations of an image's noise: shared by all, an architecture's own, and a seed's."""
WATCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
"""Linux counts what a process held before it became another: one that is small starts the stage."""
COSTS = {
    "parameters": 1_000_000,
    "train_petaflop": 0.05,
    "train_seconds": 100.0,
    "images_per_second": 1000.0,
    "seconds_spread": 1.1,
    "peak_memory_gb": 0.5,
    "budget_petaflop": 0.05,
    "device": "a processor",
    "train_images": 45_000,
    "epochs": EPOCHS,
    "recipe": "tuned",
    "budget": "quick",
}


def build(architectures: int, seeds: int) -> None:
    """Every file that the stages read, in the working directory."""
    names = [f"network_{number:02}" for number in range(architectures)]
    random = np.random.default_rng(0)
    labels = (np.arange(IMAGES) % len(CLASSES)).astype(np.uint8)
    shared(names, seeds, labels, random)
    hard = HARD * random.normal(size=(IMAGES, len(CLASSES)))
    for number, name in enumerate(names):
        skill = 2 + 2 * (1 - (number / len(names)) ** 2)  # the better, the closer together
        of_architecture(name, seeds, labels, hard, skill, np.random.default_rng([1, number]))


def shared(names: list[str], seeds: int, labels: Array, random: np.random.Generator) -> None:
    files.write_text(
        Path("params.yaml"),
        f"architectures: {names}\nseeds: {list(range(seeds))}\n"
        "equivalence_margin: 0.5\ngallery_tiles: 40\n",
    )
    record: dict[str, Any] = {
        "name": CIFAR10.name,
        "title": CIFAR10.title,
        "classes": list(CLASSES),
    }
    record |= {"mirrorable": True, "image_size": (32, 32), "channels": 3, "sha256": {}}
    DatasetRecord.model_validate(record).write(paths.DATASET)
    pixels = random.integers(256, size=(IMAGES, 32, 32, 3), dtype=np.uint8)
    for half in ("train", "test"):
        files.write_array(paths.DATA / half / "images.npy", pixels)
        files.write_array(paths.DATA / half / "labels.npy", labels)
    flags = pd.DataFrame({"index": np.arange(IMAGES), "duplicate": np.arange(IMAGES) % 15 == 0})
    files.write_table(paths.DUPLICATES, flags)
    nobody = cifar10h.table(np.zeros((0, len(CLASSES)), int))
    files.write_table(paths.DATA / "people.csv", nobody)
    files.write_json(NAMES, [])
    files.write_table(paths.METRICS / "inference.csv", pd.DataFrame(columns=COLUMNS))


def of_architecture(
    name: str, seeds: int, labels: Array, hard: Array, skill: float, random: np.random.Generator
) -> None:
    """Its predictions, the tables and numbers that follow, its runs and what explains them."""
    own = hard + OWN * random.normal(size=hard.shape) + skill * np.eye(len(CLASSES))[labels]
    logits = [own + OF_SEED * random.normal(size=hard.shape) for _ in range(seeds)]
    test = pd.concat(answers(seed, labels, each) for seed, each in enumerate(logits))
    first, held_out = (answers(0, labels[:size], logits[0][:size]) for size in (IMAGES, 2000))
    tables = scores.tables(first, held_out, CLASSES) | {"predictions": test}
    numbers = scores.scaled_ece_interval(first, tables["seeds"])
    hits = hits_of(test)
    each = pd.DataFrame({"seed": range(seeds), "accuracy": hits.mean(0)})
    tables["seeds"] = tables["seeds"].drop(columns=["seed", "accuracy"]).merge(each, how="cross")
    tables["robustness"] = pd.DataFrame(columns=["corruption", "severity", "accuracy", "seed"])
    tables["robustness_shares"] = pd.DataFrame(columns=["seed", "index", "share"])
    for kind, table in tables.items():
        files.write_table(paths.evaluation(name, kind), table)
    flops = float(np.exp(random.normal()))
    about = COSTS | {"gflops": flops, "test_images": IMAGES, "corrupted_images": 0}
    numbers |= scores.summary(tables["seeds"], hits) | about | {"test_time_flip": False}
    files.write_json(paths.numbers(name), numbers)
    for seed in range(seeds):
        of_run(name, seed, float(hits.mean()))
    explained: dict[str, Array] = {
        "neighbours": random.integers(IMAGES, size=(IMAGES, 5), dtype=np.int32),
        "cosines": np.full((IMAGES, 5), 0.5, np.float32),
        "maps": random.integers(256, size=(IMAGES, 4, 4), dtype=np.uint8),
    }
    for kind, array in explained.items():
        files.write_array(paths.explanations(name) / f"{kind}.npy", array)
    summary = {"architecture": name, "seed": 0, "layer": None}
    files.write_json(paths.explanations(name) / "explanation.json", summary)


def answers(seed: int, labels: Array, logits: Array) -> pd.DataFrame:
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    return make_table(seed, labels, shares.astype(np.float32), CLASSES)


def of_run(name: str, seed: int, accuracy: float) -> None:
    costs = {key: COSTS[key] for key in COSTS if key in RunRecord.model_fields}
    record = costs | {
        "architecture": name,
        "seed": seed,
        "hyperparameters": {"lr": 0.01 * (1 + int(name[-1]) % 3), "optimizer": "muon"},
        "validation_images": 5000,
        "stopped": None,
        "best_epoch": EPOCHS,
        "best_validation_accuracy": accuracy,
        "precision": "fp32",
        "images": "resident",
        "processes": 1,
        "threads": 1,
        "compiled": False,
        "versions": {"python": "3.11"},
        "weights": {},
    }
    RunRecord.model_validate(record).write(paths.run(name, seed))
    epoch = np.arange(1, EPOCHS + 1)
    rising = accuracy * (1 - 0.6 * np.exp(-epoch / 5)) + 0.002 * (seed % 3)
    kinds = {f"{images}_accuracy": rising for images in ("train", "validation")}
    kinds |= {f"{images}_loss": 1.5 - rising for images in ("train", "validation")}
    files.write_table(
        paths.curve(name, seed), pd.DataFrame({"epoch": epoch, **kinds, "stopped": None})
    )


def run(stage: str, root: Path) -> dict[str, float]:
    script = Path(__file__).parents[1] / "stages" / f"{stage}.py"
    started = time.perf_counter()
    command = [sys.executable, "-c", WATCH, sys.executable, str(script)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    cpu, peak = map(float, done.stdout.split()[-2:])
    return {
        f"{stage}_seconds": round(time.perf_counter() - started, 1),
        f"{stage}_cpu_seconds": round(cpu, 1),
        f"{stage}_peak_gb": round(peak * 1024 / 1e9, 2),
    }


def measured(size: str, root: Path) -> dict[str, Any]:
    architectures, seeds = map(int, size.split("x"))
    root.mkdir(parents=True)
    with chdir(root):
        build(architectures, seeds)
    row: dict[str, Any] = {"architectures": architectures, "seeds": seeds, "images": IMAGES}
    for stage in STAGES:
        row |= run(stage, root)
    page = root / paths.REPORT / "report.html"
    return row | {"report_mb": round(page.stat().st_size / 1e6, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", metavar="ARCHITECTURESxSEEDS", default=SIZES)
    parser.add_argument("--within", type=Path, metavar="NEW")
    options = parser.parse_args()
    if options.within and options.within.exists():
        parser.error(f"--within {options.within}: exists already")
    about = backend.configure("auto").describe()
    with tempfile.TemporaryDirectory() as temporary:
        root = options.within or Path(temporary)
        measure.report("wide", about, [measured(size, root / size) for size in options.sizes])


if __name__ == "__main__":
    main()
