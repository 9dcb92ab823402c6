"""Write behind each recipe's name in params.yaml what it reaches and what its training costs.

    python benchmarks/recipe_comments.py

The figures are those of the committed runs of recipes and budgets as they stand: the pipeline's own
(metrics/) and studies (results/). tests/test_recipes.py holds the comments to them. A recipe that
has no such run has no comment. Every other byte of params.yaml stays.
"""

import re
import statistics
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import studies

from archbench.base import files, params

NUMBERS = Path("metrics/details/numbers.csv")
COLUMN = 32
"""Where the comments of params.yaml begin."""
OF_NO_RECIPE = {"recipe", "budget", "dataset", "validation"}
"""A study that changes only these trains a recipe as it stands."""
Name = tuple[str, str]
"""Of a recipe: its set and its architecture."""


class Runs(NamedTuple):
    """What the runs of one recipe came to, as means over seeds."""

    recipe: Name
    dataset: str
    budget: str
    accuracy: float
    seconds: float
    seeds: int

    def conditions(self) -> str:
        return self.budget if self.dataset == "cifar10" else f"{self.dataset}, {self.budget}"

    def text(self) -> str:
        seeds = f" ({self.seeds} seeds)" if self.seeds > 1 else ""
        cost = f"{self.seconds:,.0f} s{seeds}"
        return f"{self.conditions()}: {100 * self.accuracy:.1f} % in {cost}"


def of_the_pipeline() -> Iterator[Runs]:
    numbers = files.read_table(NUMBERS).set_index("number")
    numbers = numbers.rename({"recipes": "recipe"})  # its name until 0.2.0
    for name, of in sorted(numbers.items()):
        recipe, how = (of["recipe"], str(name)), (of["dataset"], of["budget"])
        yield Runs(
            recipe, *how, float(of["accuracy"]), float(of["train_seconds"]), int(of["seeds"])
        )


def of_studies() -> Iterator[Runs]:
    """Those that were trained by today's recipe, budget and code."""
    groups = defaultdict(list)
    for row in filter(studies.is_current, studies.read()):
        groups[row["study"], row["budget"]].append(row)
    for (name, budget), rows in groups.items():
        study = studies.STUDIES[name]
        if study.changes.keys() <= OF_NO_RECIPE:
            recipe = (study.changes.get("recipe", "tuned"), study.architecture)
            reached = statistics.mean(row["accuracy"] for row in rows)
            seconds = statistics.mean(row["train_seconds"] for row in rows)
            dataset = study.changes.get("dataset", "cifar10")
            yield Runs(recipe, dataset, budget, reached, seconds, len(rows))


def comments() -> dict[Name, str]:
    """The pipeline's own runs come first, and come before other runs of the same conditions."""
    found: dict[Name, dict[str, str]] = defaultdict(dict)
    for runs in (*of_the_pipeline(), *of_studies()):
        found[runs.recipe].setdefault(runs.conditions(), runs.text())
    return {recipe: " | ".join(texts.values()) for recipe, texts in found.items()}


def commented(text: str, behind: dict[Name, str]) -> str:
    """params.yaml's text, whose last section is `recipes`, with just these comments there."""
    before, section, recipes = text.partition("\nrecipes:\n")
    lines, set_name = recipes.split("\n"), ""
    for number, line in enumerate(lines):
        if named := re.fullmatch(r"  (\w+):", line):
            set_name = named[1]
        elif named := re.fullmatch(r"(    (\w+):)( *#.*)?", line):
            comment = behind.get((set_name, named[2]))
            lines[number] = f"{named[1]:{COLUMN}}# {comment}" if comment else named[1]
    return before + section + "\n".join(lines)


if __name__ == "__main__":
    params.PARAMS.write_text(commented(params.PARAMS.read_text(), comments()))
