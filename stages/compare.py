"""Stage compare: every architecture's predictions → which differences hold, and the details."""

import start

from pathlib import Path

import pandas as pd

from archbench.base import errors, files, params
from archbench.base.predictions import hits_of
from archbench.comparison import hits, missed, pairwise, tables
from archbench.comparison.config import Comparison

DATA = Path("data")
DETAILS = Path("metrics/details")


def main() -> None:
    asked = params.read(Comparison)
    names = asked.architectures
    classes = files.read_json(DATA / "dataset.json")["classes"]
    predictions, seeds, by_class = (
        read(kind, names) for kind in ("predictions", "seeds", "classes")
    )
    duplicates = files.read_table(DATA / "duplicates.csv")
    images = duplicates.loc[duplicates["duplicate"], "index"]
    numbers = {name: files.read_json(DATA / f"evaluation/{name}/numbers.json") for name in names}
    outcomes = {name: hits_of(rows) for name, rows in predictions.items()}
    pairs = pairwise.table(outcomes, asked.margin)
    files.write_table(Path("metrics/pairwise.csv"), pairs)
    corrupted = {name: hits.shares(rows) for name, rows in read("robustness_shares", names).items()}
    corrupted = corrupted if all(runs.size for runs in corrupted.values()) else {}
    test_set = (files.read_array(DATA / f"test/{name}.npy") for name in ("images", "labels"))
    details = {
        "hits": hits.pack(predictions, hits.digest(*test_set)),
        "ranks": pairwise.ranks(pairs, names),
        "robustness_means": tables.intervals(corrupted),
        "robustness_pairs": pairwise.table(corrupted, asked.margin),
        "numbers": tables.numbers(numbers),
        "seeds": tables.joined(seeds),
        "classes": tables.joined(by_class),
        "duplicates": tables.without(predictions, images),
        "missed_by_all": missed.missed_by_all(tables.joined(predictions), classes),
    }
    for name, table in details.items():
        files.write_table(DETAILS / f"{name}.csv", table)


def read(kind: str, names: list[str]) -> dict[str, pd.DataFrame]:
    return {
        name: files.read_table(DATA / f"evaluation/{name}/{kind}.csv", ["class"]) for name in names
    }


if __name__ == "__main__":
    errors.run(main)
