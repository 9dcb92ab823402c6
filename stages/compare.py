"""Stage compare: every architecture's predictions → which differences hold, and the details."""

from pathlib import Path

import pandas as pd

from archbench import errors, files, params
from archbench.comparison import hits, missed, pairwise, tables
from archbench.comparison.config import Comparison

DATA = Path("data")
DETAILS = Path("metrics/details")


def main() -> None:
    names = params.read(Comparison).architectures
    classes = files.read_json(DATA / "dataset.json")["classes"]
    predictions, seeds, by_class = (
        read(kind, names) for kind in ("predictions", "seeds", "classes")
    )
    duplicates = files.read_table(DATA / "duplicates.csv")
    images = duplicates.loc[duplicates["duplicate"], "index"]
    numbers = {name: files.read_json(DATA / f"evaluation/{name}/numbers.json") for name in names}
    files.write_table(Path("metrics/pairwise.csv"), pairwise.table(predictions))
    details = {
        "hits": hits.pack(predictions),
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
