"""A trial is run once: in a small repository whose stage train counts how often it runs."""

import json
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest

from archbench.base.errors import Refused
from archbench.tuning import trials
from archbench.tuning.space import Setting

DVC_YAML = """
stages:
  train:
    matrix: {architecture: "${architectures}", seed: "${seeds}"}
    cmd: python train.py ${item.architecture} ${item.seed}
    params: ["recipes.tuned.${item.architecture}"]
    deps: [train.py]
    outs: ["data/runs/${item.architecture}/${item.seed}"]
"""
PARAMS = """
architectures: [other]
seeds: [3]
recipes: {tuned: {net: {lr: 1.0}}}
"""
TRAIN = """
import json, sys, yaml
from pathlib import Path

recipe = yaml.safe_load(open("params.yaml"))["recipes"]["tuned"]["net"]
open(COUNT, "a").write(f"{sys.argv[1:]}\\n")
if recipe["lr"] > 1:
    sys.exit("training diverged: the loss is nan")
if recipe["augmentation"]["crop"] > 3:
    sys.exit("no such crop")
folder = Path("data/runs", *sys.argv[1:])
folder.mkdir(parents=True)
record = {"best_validation_accuracy": recipe["lr"], "train_seconds": 2.5, "train_petaflop": 0.05}
(folder / "run.json").write_text(json.dumps(record | {"threads": 1, "device": "cpu"}))
"""


def git(*command: str) -> None:
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *author, *command], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "test")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "test@example.org")
    folder = tmp_path / "repository"
    folder.mkdir()
    with chdir(folder):
        git("init", "--quiet")
        subprocess.run(["dvc", "init", "--quiet"], check=True)
        Path("dvc.yaml").write_text(DVC_YAML)
        Path("params.yaml").write_text(PARAMS)
        Path("train.py").write_text(f"COUNT = {str(tmp_path / 'ran')!r}\n{TRAIN}")
        git("add", ".")
        git("commit", "--quiet", "--message", "first")
        yield tmp_path / "ran"


def tried(number: int, **changes: float) -> dict[str, object]:
    values = {"lr": 0.75, "weight_decay": 0.01, "label_smoothing": 0.1, "crop": 2} | changes
    setting = Setting(**values)  # type: ignore[arg-type]
    return trials.run("recipes.tuned.net", "net", 3, number, setting)


def test_a_trial_is_an_experiment_that_runs_once(repository):
    row = tried(0)
    assert row == {
        **{"architecture": "net", "trial": 0, "lr": 0.75, "weight_decay": 0.01},
        **{"label_smoothing": 0.1, "crop": 2, "validation_accuracy": 0.75},
        **{"train_seconds": 2.5, "train_petaflop": 0.05, "threads": 1, "device": "cpu"},
    }
    assert tried(0) == row
    assert repository.read_text() == "['net', '3']\n"
    assert "lr: 1.0" in Path("params.yaml").read_text()
    git("commit", "--quiet", "--allow-empty", "--message", "another")
    assert tried(0) == row  # another commit has no such experiment, but DVC has the result
    assert repository.read_text() == "['net', '3']\n"


def test_divergence_is_a_result_and_any_other_failure_is_refused(repository):
    row = tried(0, lr=2.0)
    assert (row["validation_accuracy"], row["train_seconds"]) == (0.0, None)
    with pytest.raises(Refused, match=r"tune-net-1 failed:[\s\S]*no such crop"):
        tried(1, crop=4)


def test_changes_that_no_commit_has_are_refused(repository):
    trials.refuse_changes()
    Path("untracked").write_text("")
    trials.refuse_changes()
    Path("params.yaml").write_text(json.dumps({}))
    with pytest.raises(Refused, match=r"params\.yaml has changes"):
        trials.refuse_changes()
