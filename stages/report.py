"""Stage report: everything that was found → one page, its Markdown twin, tables for dvc plots."""

import start

import pandas as pd

from archbench.base import errors, files, params, paths
from archbench.base.params import Matrix
from archbench.base.predictions import join
from archbench.base.records import DatasetRecord, RunRecord
from archbench.report import confusion, page
from archbench.report.provenance import provenance

COMPARED = ("duplicates", "missed_by_all", "ranks", "robustness_means", "robustness_pairs")
JOINED = (
    *("seeds", "confusion", "classes", "reliability", "scaled_reliability"),
    *("risk_coverage", "robustness"),
)


def main() -> None:
    results = read(params.read(Matrix))
    files.write_text(paths.REPORT / "report.html", page.html(results))
    files.write_text(paths.REPORT / "report.md", page.markdown(results))
    cells = confusion.drawn_cells(results.tables["confusion"], results.dataset.classes)
    files.write_table(paths.PLOTS / "confusion.csv", cells)
    for name in ("learning_curves", "reliability"):
        files.write_table(paths.PLOTS / f"{name}.csv", results.tables[name])


def read(asked: Matrix) -> page.Results:
    names, titles = asked.architectures, page.sheet_titles(asked.architectures)
    runs = [(name, seed) for name in names for seed in asked.seeds]
    learned = {run: files.read_table(paths.curve(*run)) for run in runs}
    curves = pd.concat(learned, names=["architecture", "seed"]).droplevel(2).reset_index()
    numbers = {name: files.read_json(paths.numbers(name)) for name in names}
    tables = {
        kind: join({name: files.read_table(paths.evaluation(name, kind)) for name in names})
        for kind in JOINED
    }
    tables |= {kind: files.read_table(paths.detail(kind)) for kind in COMPARED}
    tables["pairwise"] = files.read_table(paths.PAIRWISE)
    return page.Results(
        dataset=DatasetRecord.read(paths.DATASET),
        runs=[RunRecord.read(paths.run(*run)) for run in runs],
        numbers=pd.DataFrame.from_dict(numbers, orient="index"),
        tables=tables | {"learning_curves": curves},
        sheets={titles[name]: paths.contact_sheet(name).read_bytes() for name in titles},
        provenance=provenance(),
    )


if __name__ == "__main__":
    errors.run(main)
