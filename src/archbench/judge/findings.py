"""All models' runs → the tables that a page shows, by the same functions as the report's."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from archbench.comparison import pairwise
from archbench.comparison import tables as comparison
from archbench.judge import mcnemar
from archbench.judge.runs import SCORES, Model


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """The most accurate model comes first everywhere, and of equals the first by name."""

    images: int
    margin: float
    """The largest difference that is practically none, as a fraction of the images."""
    numbers: pd.DataFrame
    """A row per model, indexed by it; columns as in comparison.tables, and the scores."""
    seeds: pd.DataFrame
    """A row per run."""
    pairs: pd.DataFrame
    """As in metrics/pairwise.csv."""
    tests: pd.DataFrame
    """McNemar's, of the pairs in the same order."""
    ranks: pd.DataFrame


def find(models: Mapping[str, Model], margin: float) -> Findings:
    hits = {name: model.hits for name, model in models.items()}
    order = sorted(hits, key=lambda name: (-hits[name].mean(), name))
    hits = {name: hits[name] for name in order}
    pairs = pairwise.table(hits, margin)
    runs = [(name, run, of) for name in order for run, of in enumerate(hits[name].mean(0))]
    seeds = pd.DataFrame(runs, columns=["architecture", "seed", "accuracy"])
    return Findings(
        images=len(next(iter(hits.values()))),
        margin=margin,
        numbers=_numbers({name: models[name] for name in order}, seeds),
        seeds=seeds,
        pairs=pairs,
        tests=mcnemar.table(pairs, hits),
        ranks=pairwise.ranks(pairs, order),
    )


def _numbers(models: Mapping[str, Model], seeds: pd.DataFrame) -> pd.DataFrame:
    """One run has no standard deviation, and classes alone have no scores."""
    intervals = comparison.intervals({name: model.hits for name, model in models.items()})
    numbers = intervals.set_index("architecture")
    numbers["accuracy_sd"] = seeds.groupby("architecture")["accuracy"].std()
    for score in SCORES:
        numbers[score] = [model.scores.get(score) for model in models.values()]
    numbers["at_chance"] = [model.remark for model in models.values()]
    return numbers.astype(dict.fromkeys(SCORES, float))


def files(found: Findings) -> dict[str, pd.DataFrame]:
    """The tables by the names of their files, with the columns as a reader knows them."""
    names = {"architecture": "model", "seeds": "runs"}
    accuracies = found.numbers.reset_index().rename(columns=names)
    accuracies.insert(2, "images", found.images)
    pairs = pd.concat([found.pairs, found.tests], axis=1).rename(columns=names)
    ranks = found.ranks.rename(columns=names)
    return {"accuracies": accuracies, "pairs": pairs, "ranks": ranks}
