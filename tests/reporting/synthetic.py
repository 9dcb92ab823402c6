"""Results of made-up runs, as the earlier stages would have written them."""

from typing import Any

import numpy as np
import pandas as pd

from archbench.evaluation import calibration, metrics
from archbench.evaluation.predictions import make_table
from archbench.reporting import page

CLASSES = ["cat", "dog", "frog"]


def predictions(skill: float, seed: int, classes: list[str]) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    labels = random.integers(len(classes), size=300, dtype=np.uint8)
    logits = random.normal(size=(300, len(classes))) + skill * np.eye(len(classes))[labels]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return make_table(0, labels, probabilities.astype(np.float32), classes)


def run(architecture: str, budget: str) -> dict[str, Any]:
    recipe = {"lr": 0.1, "epochs": 3, "augmentation": {"flip": 0.5}, "clip_norm": None}
    if architecture == "slow":
        recipe |= {"lr": 0.01, "options": {"dropout": 0.3}}
    return {
        "architecture": architecture,
        "seed": 0,
        "budget": budget,
        "recipes": "tuned",
        "recipe": recipe,
        "train_images": 100,
        "validation_images": 20,
        "best_epoch": 2,
        "epochs": 3,
        "stopped": "stagnation" if architecture == "slow" else None,
        "device": "a processor",
        "precision": "fp32",
        "threads": 2,
        "versions": {"python": "3.11", "torch": "2.13"},
    }


def results(
    skills: dict[str, float], classes: list[str] = CLASSES, budget: str = "quick"
) -> page.Results:
    tables = {name: predictions(skill, 0, classes) for name, skill in skills.items()}
    cost = {
        "parameters": 1e6,
        "gflops": 0.1,
        "train_seconds": 100.0,
        "train_images": 100,
        "epochs": 3,
        "seeds": 1,
        "test_images": 300,
        "test_time_flip": False,
    }
    numbers = {name: metrics.classification(table) | cost for name, table in tables.items()}
    curve: dict[str, Any] = {
        "epoch": [1, 2, 3],
        "lr": [0.1, 0.05, 0.0],
        "images_per_second": [9.0] * 3,
    }
    for quantity in ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy"):
        curve[quantity] = [0.3, 0.5, 0.4]
    curve["stopped"] = [None, None, "stagnation"]
    named = {"architecture": list(skills)}
    return page.Results(
        dataset={"title": "Pets", "classes": classes},
        runs=[run(name, budget) for name in skills],
        metrics=pd.DataFrame.from_dict(numbers, orient="index"),
        learning_curves=pd.DataFrame({**named, "seed": 0}).merge(pd.DataFrame(curve), how="cross"),
        confusion=pd.concat(
            metrics.confusion(table, classes).assign(architecture=name)
            for name, table in tables.items()
        ),
        reliability=pd.concat(
            calibration.reliability(table).assign(architecture=name)
            for name, table in tables.items()
        ),
        sheets={"A sheet": b"\x89PNG"},
    )
