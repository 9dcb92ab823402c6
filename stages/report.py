"""Stage report: everything that was found → one page, its Markdown twin, tables for dvc plots."""

from pathlib import Path

import pandas as pd

from archbench import errors, files, params
from archbench.reporting import page
from archbench.reporting.config import Report

DATA = Path("data")
PLOTS = Path("plots")


def main() -> None:
    asked = params.read(Report)
    results = read(asked)
    files.write_text(Path("report/report.html"), page.html(results))
    files.write_text(Path("report/report.md"), page.markdown(results))
    files.write_table(PLOTS / "learning_curves.csv", results.curves)
    files.write_table(PLOTS / "confusion.csv", results.confusion)
    files.write_table(PLOTS / "reliability.csv", results.reliability)


def read(asked: Report) -> page.Results:
    names = asked.architectures
    folders = {(name, seed): DATA / f"runs/{name}/{seed}" for name in names for seed in asked.seeds}
    curves = {key: files.read_table(folder / "curve.csv") for key, folder in folders.items()}
    metrics = {name: files.read_json(Path(f"metrics/{name}.json")) for name in names}
    titles = page.sheet_titles(names)
    return page.Results(
        dataset=files.read_json(DATA / "dataset.json"),
        runs=[files.read_json(folder / "run.json") for folder in folders.values()],
        metrics=pd.DataFrame.from_dict(metrics, orient="index"),
        curves=pd.concat(curves, names=["architecture", "seed"]).droplevel(2).reset_index(),
        confusion=tables("confusion", names),
        reliability=tables("reliability", names),
        sheets={titles[stem]: (PLOTS / f"gallery/{stem}.png").read_bytes() for stem in titles},
    )


def tables(kind: str, names: list[str]) -> pd.DataFrame:
    return pd.concat([files.read_table(DATA / f"evaluation/{name}/{kind}.csv") for name in names])


if __name__ == "__main__":
    errors.run(main)
