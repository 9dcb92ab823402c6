"""Experiments that differ in the budget's compute alone, from what git keeps of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from archbench.base import paths
from archbench.base.errors import Refused
from archbench.comparison import hits
from archbench.comparison.hits import HITS, Hits
from archbench.repository import open_at

NUMBERS = str(paths.detail("numbers"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Experiment:
    """Every architecture, trained with as much compute."""

    petaflop: float
    """What the budget grants a training, 10¹⁵ operations."""
    taken: Mapping[str, float]
    """What an architecture's training took of it, mean over seeds."""
    hits: Mapping[str, Hits]
    """By architecture, (images, seeds): was the prediction right?"""
    test_set: str
    others: dict[str, Any]
    """What params.yaml says besides the compute and the seeds."""

    @property
    def seeds(self) -> int:
        return min(runs.shape[1] for runs in self.hits.values())


def collect(revisions: Iterable[str]) -> list[Experiment]:
    """One experiment per budget, the smallest first; of equal budgets that with the most seeds.

    Refused if two of them differ in more than the budget's compute and the seeds.
    """
    found = {revision: read(revision) for revision in revisions}
    if not found:
        raise Refused("no experiment to read: see docs/how-to/frontier.md")
    (first, one), *rest = found.items()
    for revision, other in rest:
        for what in ("others", "test_set"):
            if getattr(one, what) != getattr(other, what):
                raise Refused(
                    f"{revision}: differs from {first} in more than budgets.*.petaflop and seeds"
                )
    by_seeds = sorted(found.values(), key=lambda experiment: experiment.seeds)
    budgets = {experiment.petaflop: experiment for experiment in by_seeds}
    return [budgets[petaflop] for petaflop in sorted(budgets)]


def read(revision: str) -> Experiment:
    """Refused if there is no such revision, or if it has no results under a budget of compute."""
    with open_at(revision, "params.yaml", "compare") as file:
        params = YAML(typ="safe").load(file)
    petaflop = params["budgets"][params["budget"]].pop("petaflop", None)
    if petaflop is None:
        raise Refused(f"{revision}: budget = {params['budget']!r} has no petaflop")
    params.pop("seeds")
    params.pop("external", None)
    with open_at(revision, HITS, "compare") as file:
        packed = pd.read_csv(file)
    with open_at(revision, NUMBERS, "compare") as file:
        numbers = pd.read_csv(file).set_index("number").T["train_petaflop"].dropna()
    return Experiment(
        petaflop=float(petaflop),
        taken={str(name): float(taken) for name, taken in numbers.astype(float).items()},
        hits={name: runs for name, runs in hits.unpack(packed).items() if name in numbers},
        test_set=" ".join(packed["test_set"].unique()),
        others=params,
    )
