"""Results of made-up runs, as the earlier stages would have written them."""

from typing import Any

import example_records
import numpy as np
import pandas as pd

from archbench.base.predictions import hits_of, join, make_table
from archbench.base.records import RunRecord
from archbench.comparison import pairwise
from archbench.comparison import people as beside
from archbench.comparison import tables as comparison
from archbench.comparison.tables import missed_by_all
from archbench.evaluation import scores
from archbench.export.inference import COLUMNS, FORMS
from archbench.report import page

CLASSES = ["cat", "dog", "frog"]
MARGIN = 0.005

COST = {
    "parameters": 1e6,
    "gflops": 0.1,
    "budget_petaflop": 4.5e-5,
    "train_petaflop": 4.5e-5,
    "train_seconds": 100.0,
    "images_per_second": 9.0,
    "seconds_spread": 1.5,
    "peak_memory_gb": 0.5,
    "device": "a processor",
    "train_images": 100,
    "epochs": 3,
    "test_images": 300,
    "corrupted_images": 1200,
    "test_time_flip": False,
}


def predictions(skill: float, seed: int, classes: list[str], draw: int = 0) -> pd.DataFrame:
    """Of the test images, or (draw 1) of the validation images."""
    labels = labels_of(classes, draw)
    random = np.random.default_rng([seed, draw, round(1000 * skill)])
    logits = random.normal(size=(300, len(classes))) + skill * np.eye(len(classes))[labels]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return make_table(seed, labels, probabilities.astype(np.float32), classes)


def labels_of(classes: list[str], draw: int = 0) -> Any:
    return np.random.default_rng(draw).integers(len(classes), size=300, dtype=np.uint8)


def labels_by_people(labels: Any, classes: int) -> Any:
    """50 of each image: all say the label but for up to 20, who say the next class."""
    if not classes:
        return np.zeros((0, 1), int)
    others = np.arange(len(labels)) % 21
    every = np.arange(len(labels))
    counts = np.zeros((len(labels), classes), int)
    counts[every, labels], counts[every, (labels + 1) % classes] = 50 - others, others
    return counts


def run(architecture: str, seed: int, budget: str) -> RunRecord:
    recipe = {"lr": 0.1, "epochs": 3, "augmentation": {"flip": 0.5}, "clip_norm": None}
    if architecture == "slow":
        recipe |= {"lr": 0.01, "options": {"dropout": 0.3}}
    stopped = "stagnation" if architecture == "slow" else None
    return example_records.run(
        architecture=architecture, seed=seed, budget=budget, hyperparameters=recipe, stopped=stopped
    )


def results(
    skills: dict[str, float],
    classes: list[str] = CLASSES,
    budget: str = "quick",
    seeds: int = 1,
    robustness: bool = False,
    people: bool = False,
    exported: bool = False,
) -> page.Results:
    found = {name: tables(name, skill, classes, seeds) for name, skill in skills.items()}
    predictions = {name: of["predictions"] for name, of in found.items()}
    kinds = next(iter(found.values()))
    joined = {kind: join({name: of[kind] for name, of in found.items()}) for kind in kinds}
    joined["robustness"] = spoilt(skills) if robustness else pd.DataFrame()
    outcomes = {name: hits_of(rows) for name, rows in predictions.items()}
    pairs = pairwise.table(outcomes, MARGIN)
    corrupted = {name: ~outcome for name, outcome in outcomes.items()} if robustness else {}
    missed = missed_by_all(joined["predictions"], classes)
    labels = labels_of(classes)
    counts = labels_by_people(labels, len(classes) if people else 0)
    said = pd.DataFrame({"index": range(len(counts)), "people": [f"cat {n}" for n in counts[:, 0]]})
    compared = {
        "pairwise": pairs,
        "ranks": pairwise.ranks(pairs, list(skills)),
        "robustness_means": comparison.intervals(corrupted),
        "robustness_pairs": pairwise.table(corrupted, MARGIN),
        "duplicates": comparison.without(predictions, [1, 2, 3]),
        "missed_by_all": beside.beside(missed, said),
        "people": beside.of_networks(
            predictions, {name: of["seeds"] for name, of in found.items()}, counts
        ),
        "people_images": beside.of_images(counts, labels, missed, classes),
        "learning_curves": curves(list(skills), seeds),
        "inference": inference(list(skills) if exported else []),
    }
    numbers = {
        name: scores.summary(of["seeds"], outcomes[name])
        | scores.scaled_ece_interval(of["predictions"], of["seeds"])
        | COST
        for name, of in found.items()
    }
    return page.Results(
        dataset=example_records.dataset(classes=classes),
        runs=[run(name, seed, budget) for name in skills for seed in range(seeds)],
        numbers=pd.DataFrame.from_dict(numbers, orient="index"),
        tables=joined | compared,
        provenance={"revision": "abc1234+", "dvc.lock": "0123456789ab", "date": "2026-01-31"},
    )


def tables(name: str, skill: float, classes: list[str], seeds: int) -> dict[str, pd.DataFrame]:
    test, validation = (
        pd.concat(predictions(skill, seed, classes, draw) for seed in range(seeds))
        for draw in (0, 1)
    )
    return scores.tables(test, validation, classes)


def spoilt(skills: dict[str, float]) -> pd.DataFrame:
    rows = [
        {"architecture": name, "corruption": kind, "severity": severity, "seed": 0}
        | {"accuracy": skill / (3 + severity)}
        for name, skill in skills.items()
        for kind in ("noise", "fog")
        for severity in (0, 1, 3, 5)
    ]
    return pd.DataFrame(rows)


def inference(names: list[str]) -> pd.DataFrame:
    """The second network and its 8 bits are half as fast as the first's, and so on."""
    change = {"difference": -0.01, "low": -0.02, "high": 0.0, "verdict": "not decided"}
    rows = [
        {"architecture": name, "form": form.name, "accuracy": 0.9 - 0.1 * number}
        | (change if form is FORMS[1] else {})
        | {"latency_ms": speed * 2.0**number, "latency_p99_ms": 9.0, "spread": 1.1}
        | {"images_per_second": 1234.0, "size_mb": 2.5, "memory_mb": 20.0}
        for number, name in enumerate(names)
        for form, speed in zip(FORMS, (1.0, 0.4, 3.0), strict=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def curves(names: list[str], seeds: int) -> pd.DataFrame:
    curve: dict[str, Any] = {
        "epoch": [1, 2, 3],
        "lr": [0.1, 0.05, 0.0],
        "images_per_second": [9.0] * 3,
    }
    for quantity in ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy"):
        curve[quantity] = [0.3, 0.5, 0.4]
    curve["stopped"] = [None, None, "stagnation"]
    keys = [{"architecture": name, "seed": seed} for name in names for seed in range(seeds)]
    return pd.DataFrame(keys).merge(pd.DataFrame(curve), how="cross")
