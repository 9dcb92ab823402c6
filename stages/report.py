"""Stage report: everything that was found → one page, its Markdown twin, tables for dvc plots."""

import start

from pathlib import Path

import pandas as pd

from archbench.base import errors, files, params
from archbench.base.params import Matrix
from archbench.report import confusion, page
from archbench.report.provenance import provenance

DATA, PLOTS, METRICS = Path("data"), Path("plots"), Path("metrics")
COMPARED = ("duplicates", "missed_by_all", "ranks", "robustness_means", "robustness_pairs")
JOINED = ("seeds", "confusion", "classes", "reliability", "scaled_reliability", "risk_coverage")

NAMES = ("class", "actual", "predicted", "label", "guess")


def main() -> None:
    results = read(params.read(Matrix))
    files.write_text(Path("report/report.html"), page.html(results))
    files.write_text(Path("report/report.md"), page.markdown(results))
    cells = confusion.drawn_cells(results.tables["confusion"], results.dataset["classes"])
    files.write_table(PLOTS / "confusion.csv", cells)
    for name in ("learning_curves", "reliability"):
        files.write_table(PLOTS / f"{name}.csv", results.tables[name])


def read(asked: Matrix) -> page.Results:
    names, titles = asked.architectures, page.sheet_titles(asked.architectures)
    runs = {(name, seed): DATA / f"runs/{name}/{seed}" for name in names for seed in asked.seeds}
    learned = {key: files.read_table(folder / "curve.csv") for key, folder in runs.items()}
    curves = pd.concat(learned, names=["architecture", "seed"]).droplevel(2).reset_index()
    each = {name: DATA / "evaluation" / name for name in names}
    numbers = {name: files.read_json(folder / "numbers.json") for name, folder in each.items()}
    tables = {kind: joined(kind, each) for kind in (*JOINED, "robustness")}
    details = {kind: METRICS / f"details/{kind}.csv" for kind in COMPARED}
    compared = {"pairwise": METRICS / "pairwise.csv"} | details
    tables |= {kind: files.read_table(path, NAMES) for kind, path in compared.items()}
    return page.Results(
        dataset=files.read_json(DATA / "dataset.json"),
        runs=[files.read_record(folder / "run.json") for folder in runs.values()],
        numbers=pd.DataFrame.from_dict(numbers, orient="index"),
        tables=tables | {"learning_curves": curves},
        sheets={titles[name]: (PLOTS / f"gallery/{name}.png").read_bytes() for name in titles},
        provenance=provenance(),
    )


def joined(kind: str, folders: dict[str, Path]) -> pd.DataFrame:
    tables = {
        name: files.read_table(folder / f"{kind}.csv", NAMES) for name, folder in folders.items()
    }
    return pd.concat(tables, names=["architecture"]).reset_index("architecture")


if __name__ == "__main__":
    errors.run(main)
