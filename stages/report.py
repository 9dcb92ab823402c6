"""Stage report: everything that was found → one page, its Markdown twin, tables for dvc plots."""

from pathlib import Path

import pandas as pd

from archbench import errors, files, params
from archbench.reporting import comparison, page
from archbench.reporting.config import Report

DATA = Path("data")
PLOTS = Path("plots")


def main() -> None:
    results = read(params.read(Report))
    files.write_text(Path("report/report.html"), page.html(results))
    files.write_text(Path("report/report.md"), page.markdown(results))
    cells = comparison.drawn_cells(results.confusion, results.dataset["classes"])
    files.write_table(PLOTS / "learning_curves.csv", results.learning_curves)
    files.write_table(PLOTS / "confusion.csv", cells)
    files.write_table(PLOTS / "reliability.csv", results.reliability)


def read(asked: Report) -> page.Results:
    names, titles = asked.architectures, page.sheet_titles(asked.architectures)
    folders = {(name, seed): DATA / f"runs/{name}/{seed}" for name in names for seed in asked.seeds}
    curves = {key: files.read_table(folder / "curve.csv") for key, folder in folders.items()}
    metrics = {name: files.read_json(Path(f"metrics/{name}.json")) for name in names}
    dataset = files.read_json(DATA / "dataset.json")
    return page.Results(
        dataset=dataset,
        runs=[files.read_json(folder / "run.json") for folder in folders.values()],
        metrics=pd.DataFrame.from_dict(metrics, orient="index"),
        learning_curves=pd.concat(curves, names=["architecture", "seed"])
        .droplevel(2)
        .reset_index(),
        confusion=comparison.with_names(joined("confusion", names), dataset["classes"]),
        reliability=joined("reliability", names),
        sheets={titles[name]: (PLOTS / f"gallery/{name}.png").read_bytes() for name in titles},
    )


def joined(kind: str, names: list[str]) -> pd.DataFrame:
    tables = {name: files.read_table(DATA / f"evaluation/{name}/{kind}.csv") for name in names}
    return pd.concat(tables, names=["architecture"]).reset_index("architecture")


if __name__ == "__main__":
    errors.run(main)
