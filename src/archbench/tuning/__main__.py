"""The same search for every architecture, judged on validation images alone.

    python -m archbench.tuning [ARCHITECTURE ...] [--trials 8] [--to FOLDER]

tries the same random settings for each (without names, for all of params.yaml), under the budget
of params.yaml and its first seed. Each trial is a DVC experiment, tune-<architecture>-<trial>: a
search that was cut off goes on where it was. Writes the trials, a figure and the tables to FOLDER,
and prints how to run each architecture with its best setting.
"""

import argparse
from pathlib import Path

import pandas as pd

from archbench.base import errors, files, params
from archbench.base.errors import Refused
from archbench.base.params import Matrix
from archbench.report.drawing import svg
from archbench.style.quantities import percent
from archbench.training.config import Training
from archbench.tuning import page, trials
from archbench.tuning.space import Setting, draw


def main(names: list[str], count: int, folder: Path) -> None:
    config, matrix = params.read(Training), params.read(Matrix)
    if count < 1:
        raise Refused(f"--trials {count}: should be at least 1")
    if config.lr:
        raise Refused(f"params.yaml: lr = {config.lr}: should be empty, since lr is searched for")
    names = names or matrix.architectures
    settings = {name: draw(count, config.recipe_of(name).optimizer) for name in names}
    trials.refuse_changes()
    rows = []
    for number in range(count):
        for name in names:
            recipe, setting = f"recipes.{config.recipe}.{name}", settings[name][number]
            row = trials.run(recipe, name, matrix.seeds[0], number, setting)
            rows.append(row)
            reached = percent(row["validation_accuracy"])
            print(f"{trials.name_of(name, number)}, {number + 1} of {count}: {reached}")
    found = pd.DataFrame(rows)
    write(found, folder)
    print(command(found, config.recipe))


def write(found: pd.DataFrame, folder: Path) -> None:
    """The trials as CSV, the figure, and the words with their tables; prints the words."""
    text = page.markdown(found)
    files.write_table(folder / "tuning.csv", found)
    files.write_text(folder / "tuning.svg", svg(page.figure(page.curves(found))))
    files.write_text(folder / "tuning.md", text)
    print(text)


def command(found: pd.DataFrame, recipe: str) -> str:
    """The command line that compares the architectures, each with its best setting."""
    options = [
        f"-S '{override}'"
        for row in page.best(found).to_dict("records")
        for override in Setting(
            lr=row["lr"],
            weight_decay=row["weight_decay"],
            label_smoothing=row["label_smoothing"],
            crop=row["crop"],
        ).overrides(f"recipes.{recipe}.{row['architecture']}")
    ]
    return "\n".join(["To use them:", "", " \\\n  ".join(["dvc exp run", *options])])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("architectures", nargs="*")
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--to", type=Path, default=Path("tuning"))
    options = parser.parse_args()
    errors.run(main, options.architectures, options.trials, options.to)
