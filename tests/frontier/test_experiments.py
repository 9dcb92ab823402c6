"""Which experiments make a frontier, read from a repository as git has them."""

import subprocess
from contextlib import chdir
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from dvc.repo import Repo
from ruamel.yaml import YAML

from archbench.base import files
from archbench.base.errors import Refused
from archbench.base.predictions import make_table
from archbench.comparison import hits
from archbench.frontier import experiments
from archbench.repository import experiments_of_head


def predictions(seeds: int) -> pd.DataFrame:
    labels = np.arange(12, dtype=np.uint8) % 2
    random = np.random.default_rng(0)
    probabilities = random.dirichlet([1, 1], (seeds, 12)).astype(np.float32)
    tables = [make_table(n, labels, each, ["x", "y"]) for n, each in enumerate(probabilities)]
    return pd.concat(tables)


def git(*command: str) -> None:
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *author, *command], check=True, capture_output=True)


def commit(
    tag: str, petaflop: float | None, seeds: int = 1, lr: float = 0.1, test: str = "t"
) -> None:
    params = {"budget": "quick", "budgets": {"quick": {"petaflop": petaflop}}, "lr": lr}
    YAML().dump(params | {"seeds": list(range(seeds))}, Path("params.yaml"))
    packed = hits.pack({"net": predictions(seeds), "external": predictions(1)}, test)
    files.write_table(Path("metrics/details/hits.csv"), packed)
    numbers = pd.DataFrame(
        {"number": ["device", "train_petaflop"], "net": ["cpu", 0.9], "external": None}
    )
    files.write_table(Path("metrics/details/numbers.csv"), numbers)
    git("add", ".")
    git("commit", "--quiet", "--message", tag)
    git("tag", tag)


@pytest.fixture
def repository(tmp_path):
    with chdir(tmp_path):
        git("init", "--quiet")
        with Repo.init():
            yield


def test_they_are_ordered_by_compute_and_the_most_seeds_of_a_budget_count(repository):
    commit("large", 1.0, seeds=2)
    commit("small", 0.5)
    commit("again", 1.0)
    small, large = experiments.collect(["large", "small", "again"])
    assert (small.petaflop, small.seeds, large.petaflop, large.seeds) == (0.5, 1, 1.0, 2)
    assert large.taken == {"net": 0.9}
    assert large.hits["net"].shape == (12, 2)


@pytest.mark.parametrize("change", [{"lr": 0.2}, {"test": "another"}])
def test_what_differs_in_more_than_compute_and_seeds_is_refused(repository, change):
    commit("one", 1.0)
    commit("two", 0.5, **change)
    with pytest.raises(Refused, match="two: differs from one in more than"):
        experiments.collect(["one", "two"])


def test_what_has_no_compute_or_no_results_is_refused_by_its_name(repository):
    commit("full", None)
    with pytest.raises(Refused, match="full: budget = 'quick' has no petaflop"):
        experiments.collect(["full"])
    with pytest.raises(Refused, match="nowhere: "):
        experiments.collect(["nowhere"])
    git("rm", "--quiet", "metrics/details/hits.csv")
    commit_without = ["commit", "--quiet", "--message", "none"]
    YAML().dump(
        {"budget": "q", "budgets": {"q": {"petaflop": 1}}, "seeds": []}, Path("params.yaml")
    )
    git("add", ".")
    git(*commit_without)
    with pytest.raises(Refused, match=r"HEAD: has no metrics/details/hits\.csv"):
        experiments.collect(["HEAD"])


def test_without_experiments_there_is_none_to_read(repository):
    commit("one", 1.0)
    assert experiments_of_head() == {}
    with pytest.raises(Refused, match="no experiment to read"):
        experiments.collect([])
