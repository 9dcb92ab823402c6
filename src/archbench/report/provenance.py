"""What was run: conditions, recipes, and which code and which run a report is of.

Revision, digest and day are no dependencies of the stage: a report that need not run again keeps
what it said.

python -m archbench.report.provenance     # prints what the report says, of dvc.lock as it is
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from archbench.base.records import DatasetRecord, RunRecord
from archbench.report.many import MANY_MODELS
from archbench.style.revision import UNKNOWN, revision

OWN = "report"
"""The stage whose entry in dvc.lock is written after the report."""
OFF = ("none", "0", "0.0", "False")
"""Values of a setting that does nothing."""


def provenance() -> dict[str, str]:
    """The day is that on which the report was written."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    return {"revision": revision(), "dvc.lock": lock_digest(), "date": day}


def lock_digest(lock: Path = Path("dvc.lock")) -> str:
    """Of code, parameters and data of every stage before the report: 12 digits of a SHA-256."""
    if not lock.is_file():
        return UNKNOWN
    stages = YAML(typ="safe").load(lock).get("stages", {})
    stages.pop(OWN, None)
    return hashlib.sha256(json.dumps(stages, sort_keys=True).encode()).hexdigest()[:12]


def conditions(
    dataset: DatasetRecord, runs: list[RunRecord], numbers: pd.DataFrame
) -> dict[str, str]:
    """What was run, once for all; several values where the runs differ."""
    images = {kind: _counts(runs, f"{kind}_images") for kind in ("train", "validation")}
    images["test"] = f"{numbers['test_images'].max():,}"
    counts = ", ".join(f"{number} {kind}" for kind, number in images.items())
    return {
        "data set": f"{dataset.title}: {counts} images",
        "recipes": _values(runs, "recipe"),
        "budget": _values(runs, "budget"),
        "seeds": _values(runs, "seed"),
        "weights": "of the epoch with the best validation accuracy",
        "prediction": _prediction(numbers),
        "device": f"{_values(runs, 'device')}, {_threads(runs)}",
        "precision": _values(runs, "precision"),
        **{name: _versions(runs, name) for name in runs[0].versions},
    }


def _threads(runs: list[RunRecord]) -> str:
    threads, processes = _counts(runs, "threads"), _counts(runs, "processes")
    of_each = f"{threads} thread{'s' * (threads != '1')}"
    return of_each if processes == "1" else f"{processes} processes of {of_each}"


def _prediction(numbers: pd.DataFrame) -> str:
    if numbers["test_time_flip"].any():
        return "the mean over each test image and its mirror image"
    return "from each test image as it is"


def _values(runs: list[RunRecord], key: str) -> str:
    return ", ".join(dict.fromkeys(f"{getattr(run, key)}" for run in runs))


def _counts(runs: list[RunRecord], key: str) -> str:
    return " or ".join(dict.fromkeys(f"{getattr(run, key):,}" for run in runs))


def _versions(runs: list[RunRecord], name: str) -> str:
    return ", ".join(dict.fromkeys(run.versions[name] for run in runs))


def recipes(runs: list[RunRecord]) -> tuple[dict[str, str], pd.DataFrame]:
    """The settings that all architectures share, and a table of those in which they differ.

    It has a row for each setting, or where there are many for each architecture. Of the shared ones
    only what is on: the rest is long and says nothing.
    """
    flat = {run.architecture: _flatten(run.hyperparameters) for run in runs}
    table = pd.DataFrame(flat).fillna("-").sort_index()
    same = table.nunique(axis=1) == 1
    shared = {str(key): str(value) for key, value in table[same].iloc[:, 0].items()}
    shared = {key: value for key, value in shared.items() if value not in OFF}
    rows = table[~same].rename_axis("setting")
    if rows.shape[1] > MANY_MODELS and len(rows):
        rows = rows.T.rename_axis(index="architecture", columns=None)
    return shared, rows.reset_index()


def _flatten(recipe: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in recipe.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = "none" if value is None else str(value)
    return flat


if __name__ == "__main__":
    for name, value in provenance().items():
        print(f"{name}: {value}")
