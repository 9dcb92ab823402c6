"""Do verdicts hold? Pairs of one MLP that differ in nothing but seeds, and one that is worse.

    python benchmarks/verdicts.py [--pairs N] [--seeds N] [--toy]

Needs the images that `dvc repro split` leaves in data/. Writes results/verdicts.json: what a
comparison of several seeds says of each pair, and what one seed would have said.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import accuracy
import measure
import numpy as np
import torch

from archbench.comparison import pairwise
from archbench.comparison.hits import Hits
from archbench.models import classifier
from archbench.training import loop, run

QUICK = {"budget": "quick"}
WORSE = QUICK | {"epochs": 1}
"""A third of the updates."""


def hits(changes: dict[str, Any], seed: int, data: accuracy.Data) -> np.ndarray:
    task = run.make_task(accuracy.asked(changes), "mlp", seed, data.about, *data[1:5])
    model = run.make_model("mlp", task)
    with tempfile.TemporaryDirectory() as directory:
        model.load_state_dict(loop.fit(model, task, Path(directory)).best)
    logits = classifier.predict(model, torch.from_numpy(data.test_images), task.backend)
    return logits.argmax(1).cpu().numpy() == data.test_labels


def judged(name: str, first: Hits, second: Hits) -> dict[str, Any]:
    several, one = pairwise.compare(first, second), pairwise.compare(first[:, :1], second[:, :1])
    return {
        "pair": name,
        "points": 100 * several.difference,
        "low": 100 * several.low,
        "high": 100 * several.high,
        "p": several.p,
        "verdict": verdict(several),
        "one seed": verdict(one),
    }


def verdict(found: pairwise.Difference) -> str:
    if found.p >= pairwise.LEVEL:
        return "no detectable difference"
    return "better" if found.difference > 0 else "worse"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--toy", action="store_true")
    options = parser.parse_args()
    pairs, data = (
        (2, accuracy.noise()) if options.toy else (options.pairs, accuracy.read(Path("data")))
    )
    changes = accuracy.TOY.changes if options.toy else QUICK
    groups = [
        np.stack(
            [hits(changes, seed, data) for seed in range(first, first + options.seeds)], axis=1
        )
        for first in range(0, 2 * pairs * options.seeds, options.seeds)
    ]
    couples = zip(groups[::2], groups[1::2], strict=True)
    rows = [judged(f"alike {number}", *of) for number, of in enumerate(couples, 1)]
    worse = [hits(changes | WORSE, seed, data) for seed in range(options.seeds)]
    rows.append(judged("a third of the epochs", np.stack(worse, axis=1), groups[0]))
    measure.report("verdicts", measure.machine(256 if options.toy else 2048), rows)


if __name__ == "__main__":
    main()
