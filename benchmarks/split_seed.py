"""How much the split of the training images adds to the spread of an accuracy.

    dvc exp run --queue -S split_seed=0,1,2,3,4 -S 'seeds=[0,1,2]' \\
      -S 'architectures=[speednet,mlp]' -S budgets.quick.petaflop=0.0125 compare
    dvc queue start
    python benchmarks/split_seed.py [EXPERIMENT ...]

reads the experiments (without names, those of git's last commit) into results/split_seed.csv, and
prints the spread that the split and the seed each add to every architecture's accuracy and to every
difference of two.
"""

import argparse
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from measure import RESULTS
from numpy.typing import NDArray
from ruamel.yaml import YAML
from scipy import stats

from archbench.base import files
from archbench.comparison import hits
from archbench.repository import experiments_of_head, open_at

ROWS = RESULTS / "split_seed.csv"
LEVEL = 0.05


class Spread(NamedTuple):
    """Standard deviations of one run's accuracy, as shares of the test images."""

    seed: float
    split: float
    """At least 0: the means of splits may scatter less than seeds alone make them."""
    most: float
    """The upper end of the split's 95 % interval, at the seeds' estimate (Searle 1971)."""
    p: float
    """Of splits that add nothing: the one-way analysis of variance."""


def spread(accuracies: NDArray[np.float64]) -> Spread:
    """Of (splits, seeds), by the one-way random-effects model with equally many seeds each."""
    splits, seeds = accuracies.shape
    f, p = stats.f_oneway(*accuracies)
    within = float(accuracies.var(axis=1, ddof=1).mean())
    lowest = stats.f.ppf(LEVEL / 2, splits - 1, splits * (seeds - 1))
    share, most = (max(0.0, (ratio - 1) / seeds) for ratio in (f, f / lowest))
    sizes = np.sqrt(np.multiply(within, [1.0, share, most]))
    return Spread(float(sizes[0]), float(sizes[1]), float(sizes[2]), float(p))


def spreads(table: pd.DataFrame) -> Iterator[tuple[str, Spread]]:
    """Of each architecture's accuracy, and of the difference of each two."""
    wide = {
        str(name): rows.pivot(index="split_seed", columns="seed", values="accuracy").to_numpy()
        for name, rows in table.groupby("architecture", sort=False)
    }
    for name, accuracies in wide.items():
        yield name, spread(accuracies)
    for (one, first), (other, second) in combinations(wide.items(), 2):
        yield f"{one} − {other}", spread(first - second)


def read(revisions: Iterable[str]) -> pd.DataFrame:
    """A row per architecture, split and seed: the test accuracy."""
    rows = []
    for revision in revisions:
        with open_at(revision, "params.yaml", "compare") as file:
            split = YAML(typ="safe").load(file)["split_seed"]
        with open_at(revision, hits.HITS, "compare") as file:
            runs = hits.unpack(pd.read_csv(file))
        rows += [
            {"architecture": name, "split_seed": split, "seed": seed, "accuracy": float(accuracy)}
            for name, hit in runs.items()
            for seed, accuracy in enumerate(hit.mean(axis=0))
        ]
    return pd.DataFrame(rows).sort_values(["architecture", "split_seed", "seed"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("experiments", nargs="*")
    table = read(parser.parse_args().experiments or experiments_of_head().values())
    files.write_table(ROWS, table)
    for name, of in spreads(table):
        seed, split, most = (f"{100 * value:.2f}" for value in of[:3])
        print(f"{name}: points of seed {seed}, of split {split} (at most {most}), p {of.p:.2f}")
