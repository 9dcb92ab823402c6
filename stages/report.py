"""Stage report: everything that was found → one page, its Markdown twin, tables for dvc plots."""

import start

import pandas as pd

from archbench.base import errors, files, params, paths
from archbench.base.params import Matrix
from archbench.base.predictions import join
from archbench.base.records import DatasetRecord, RunRecord
from archbench.external import compared
from archbench.report.frames import plotted_confusion
from archbench.report.markdown import markdown
from archbench.report.page import Results, html
from archbench.report.provenance import provenance
from archbench.report.verdict import answer

INFERENCE = paths.METRICS / "inference.csv"
COMPARED = (
    *("duplicates", "missed_by_all", "ranks", "robustness_means", "robustness_pairs"),
    *("people", "people_images"),
)
OF_ALL = ("seeds", "confusion", "classes")
OF_TRAINED = ("reliability", "scaled_reliability", "risk_coverage", "robustness")


def main() -> None:
    results = read(params.read(Matrix))
    files.write_text(paths.REPORT / "report.html", html(results))
    files.write_text(paths.REPORT / "report.md", markdown(results))
    cells = plotted_confusion(results.tables["confusion"], results.dataset.classes)
    files.write_table(paths.PLOTS / "confusion.csv", cells)
    for name in ("learning_curves", "reliability"):
        files.write_table(paths.PLOTS / f"{name}.csv", results.tables[name])
    print(answer(results.numbers, results.tables["pairwise"]))


def read(asked: Matrix) -> Results:
    names = asked.architectures
    runs = [(name, seed) for name in names for seed in asked.seeds]
    learned = {run: files.read_table(paths.curve(*run)) for run in runs}
    curves = pd.concat(learned, names=["architecture", "seed"]).droplevel(2).reset_index()
    tables = {kind: join(compared.read_tables(kind, names)) for kind in OF_ALL}
    tables |= {
        kind: join({name: files.read_table(paths.evaluation(name, kind)) for name in names})
        for kind in OF_TRAINED
    }
    tables |= {kind: files.read_table(paths.detail(kind)) for kind in COMPARED}
    tables |= {path.stem: files.read_table(path) for path in (paths.PAIRWISE, INFERENCE)}
    return Results(
        dataset=DatasetRecord.read(paths.DATASET),
        runs=[RunRecord.read(paths.run(*run)) for run in runs],
        numbers=pd.DataFrame.from_dict(compared.read_numbers(names), orient="index"),
        tables=tables | {"learning_curves": curves},
        provenance=provenance(),
    )


if __name__ == "__main__":
    errors.run(main)
