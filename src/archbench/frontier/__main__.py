"""Which architecture to take for how much training compute.

    python -m archbench.frontier [EXPERIMENT ...] [--to FOLDER]

reads experiments that differ in `budgets.*.petaflop` (and seeds) alone: without names, all that
began from git's last commit. Writes a figure, the tables and the sentence to FOLDER, and prints
the words.
"""

import argparse
from pathlib import Path

from archbench.base import errors, files, params
from archbench.comparison.config import Equivalence
from archbench.frontier import crossings, experiments, page
from archbench.report.drawing import svg
from archbench.report.markdown import plain, table
from archbench.repository import experiments_of_head


def main(names: list[str], folder: Path) -> None:
    margin = params.read(Equivalence).margin
    found = experiments.collect(names or experiments_of_head())
    differences = crossings.differences(found, margin)
    accuracies = page.accuracies(found)
    parts = [
        plain(page.sentence(found, differences)),
        "![Test accuracy against training compute](frontier.svg)",
        "Test accuracy in percent, with its 95 % interval, by the compute that the budget grants. "
        + page.seeds_note(found),
        table(page.accuracy_table(accuracies)),
        "Pairs. All intervals behind them hold together, in 95 % of such sweeps:",
        table(page.crossing_table(crossings.crossings(differences))),
    ]
    if forecasts := page.forecasts(accuracies):
        parts += [
            "A power law of the error in compute, fitted to all budgets but the largest, foretells "
            "the accuracy with the largest:",
            table(page.law_table(forecasts)),
        ]
    text = "\n\n".join(parts) + "\n"
    files.write_table(folder / "frontier.csv", accuracies)
    files.write_table(folder / "differences.csv", differences)
    files.write_text(folder / "frontier.svg", svg(page.figure(accuracies)))
    files.write_text(folder / "frontier.md", text)
    print(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("experiments", nargs="*")
    parser.add_argument("--to", type=Path, default=Path("frontier"))
    options = parser.parse_args()
    errors.run(main, options.experiments, options.to)
