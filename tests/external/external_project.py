"""A project after stage evaluate, with two architectures, and files of predictions beside it."""

import json
import subprocess
import sys
from pathlib import Path

import example_records
import numpy as np
import pandas as pd
import synthetic

from archbench.base import files
from archbench.base.predictions import hits_of
from archbench.evaluation import scores

STAGES = Path(__file__).parents[2] / "stages"
SKILLS = {"fast": 3.0, "slow": 0.3}
LABELS = synthetic.predictions(1.0, 0, synthetic.CLASSES)["label"].to_numpy()
EMPTY = {
    "robustness": ["corruption", "severity", "seed", "accuracy"],
    "robustness_shares": ["index", "seed", "share"],
}


def make(root: Path, seeds: int = 1) -> Path:
    """Without external models; `external` of params.yaml is what a test writes."""
    data = root / "data"
    files.write_array(data / "test/images.npy", np.zeros((len(LABELS), 2, 2, 3), np.uint8))
    files.write_array(data / "test/labels.npy", LABELS)
    digests = {"test/labels.npy": files.sha256(data / "test/labels.npy")}
    example_records.dataset(sha256=digests).write(data / "dataset.json")
    files.write_table(data / "people.csv", pd.DataFrame(columns=["index", "people"]))
    files.write_table(root / "metrics/inference.csv", synthetic.inference([]))
    copies = pd.DataFrame({"index": range(len(LABELS)), "duplicate": False})
    files.write_table(data / "duplicates.csv", copies.assign(duplicate=copies["index"] < 9))
    for name, skill in SKILLS.items():
        folder, found = (
            data / "evaluation" / name,
            synthetic.tables(name, skill, synthetic.CLASSES, seeds),
        )
        found |= {kind: pd.DataFrame(columns=columns) for kind, columns in EMPTY.items()}
        for kind, table in found.items():
            files.write_table(folder / f"{kind}.csv", table)
        numbers = scores.summary(found["seeds"], hits_of(found["predictions"]))
        numbers |= scores.scaled_ece_interval(found["predictions"], found["seeds"])
        files.write_json(folder / "numbers.json", numbers | synthetic.COST)
        for seed in range(seeds):
            run, curve = data / "runs" / name / str(seed), synthetic.curves([name], 1)
            synthetic.run(name, seed, "quick").write(run / "run.json")
            files.write_table(run / "curve.csv", curve.drop(columns=["architecture", "seed"]))
    set_external(root, {}, seeds)
    return root


def set_external(root: Path, value: object, seeds: int = 1) -> None:
    lines = {
        "architectures": list(SKILLS),
        "seeds": list(range(seeds)),
        "equivalence_margin": 0.5,
        "external": value or None,
    }
    text = "".join(f"{key}: {json.dumps(value)}\n" for key, value in lines.items())
    (root / "params.yaml").write_text(text)


def guesses(mistakes: int) -> list[int]:
    """Right but for the first `mistakes` images."""
    wrong = np.arange(len(LABELS)) < mistakes
    return np.where(wrong, (LABELS + 1) % len(synthetic.CLASSES), LABELS).tolist()


def put(root: Path, name: str, mistakes: int) -> str:
    """A file of classes in data/external."""
    path = root / "data/external" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(guesses(mistakes)))
    return name


def put_probabilities(root: Path, name: str, skill: float) -> str:
    table = synthetic.predictions(skill, 7, synthetic.CLASSES)
    columns = {f"p_{label}": label for label in synthetic.CLASSES}
    path = root / "data/external" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    table[list(columns)].rename(columns=columns).to_csv(path, index=False)
    return name


def run(root: Path, *stages: str, status: int = 0) -> str:
    """What the stages said; of the last one stderr where it should fail."""
    said = ""
    for stage in stages:
        command = [sys.executable, str(STAGES / f"{stage}.py")]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        assert done.returncode == status, done.stderr
        said += done.stdout + done.stderr
    return said
