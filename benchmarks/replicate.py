"""Do verdicts replicate? Thirty published models, on CIFAR-10 and on CIFAR-10.1.

    git clone https://github.com/modestyachts/CIFAR-10.1
    python benchmarks/replicate.py CIFAR-10.1 [--labels cifar10]

The labels are those of CIFAR-10's test images, as `archbench judge` takes them. Writes
results/replicate.json, and from that docs/replicate.md with its figure.
"""

import argparse
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from archbench.base import errors, files
from archbench.judge.command import judge
from archbench.judge.findings import Findings
from archbench.report.charts import GREY
from archbench.report.drawing import STYLE, new, svg
from archbench.report.markdown import table
from archbench.style.palette import COLOURS
from archbench.style.quantities import percent, points

RESULTS = Path("results/replicate.json")
PAGE, FIGURE = Path("docs/replicate.md"), Path("docs/replicate.svg")
SUFFIX = "_predictions"
MARGIN = 0.5
"""Points: that of params.yaml."""
LEVEL = 0.05
FIRST, AGAIN = "CIFAR-10", {"CIFAR-10.1 v4": "v4", "CIFAR-10.1 v6": "v6"}
NEWEST = "CIFAR-10.1 v6"
TICKS = (-2, -1, 0, 1, 2, 5, 10, 20)
"""Points, of a scale that is linear up to 1 and logarithmic beyond."""
SIDES = {True: "told apart on CIFAR-10", False: "not told apart"}


def collect(folder: Path, labels: str) -> dict[str, Any]:
    """Accuracies by test set and model; of each pair on CIFAR-10 what was said of it."""
    first = _judge(folder / "model_predictions/original_predictions", labels)
    sets = {FIRST: first} | {
        name: _judge(
            folder / f"model_predictions/{version}{SUFFIX}",
            str(folder / f"datasets/cifar10.1_{version}_labels.npy"),
        )
        for name, version in AGAIN.items()
    }
    pairs = first.pairs[["first", "second"]].assign(
        apart=first.pairs["low"] > 0, holm=first.tests["mcnemar_holm_p"].to_numpy() < LEVEL
    )
    return {
        "images": {name: found.images for name, found in sets.items()},
        "accuracies": {name: _rounded(found.numbers["accuracy"]) for name, found in sets.items()},
        "undecided": pairs.loc[~pairs["apart"], ["first", "second"]].to_numpy().tolist(),
        "not_by_holm": pairs.loc[~pairs["holm"], ["first", "second"]].to_numpy().tolist(),
        "apart": {name: len(_apart(found)) for name, found in sets.items()},
        "opposite": {name: len(_apart(first) & _apart(sets[name], -1)) for name in AGAIN},
    }


def _judge(folder: Path, labels: str) -> Findings:
    models = [f"{path.stem.removesuffix(SUFFIX)}={path}" for path in sorted(folder.glob("*.json"))]
    return judge(models, labels, MARGIN)


def _rounded(accuracies: "pd.Series[float]") -> dict[str, float]:
    return {str(name): round(value, 6) for name, value in sorted(accuracies.items())}


def _apart(found: Findings, step: int = 1) -> set[tuple[str, ...]]:
    """The pairs whose interval leaves out 0, the better model first; by -1 the other way round."""
    told = found.pairs.loc[found.pairs["low"] > 0, ["first", "second"]]
    return {tuple(pair[::step]) for pair in told.to_numpy().tolist()}


def gaps(found: Mapping[str, Any]) -> pd.DataFrame:
    """A row per pair, the better on CIFAR-10 first: how far ahead it is on each test set.

    `apart`: the interval on CIFAR-10 leaves out 0; `holm`: McNemar's p, adjusted, is below 0.05.
    """
    accuracies = found["accuracies"]
    ranked = sorted(accuracies[FIRST], key=lambda name: (-accuracies[FIRST][name], name))
    undecided, not_by_holm = (set(map(tuple, found[key])) for key in ("undecided", "not_by_holm"))
    return pd.DataFrame(
        [
            {"first": one, "second": other}
            | {name: of[one] - of[other] for name, of in accuracies.items()}
            | {"apart": (one, other) not in undecided, "holm": (one, other) not in not_by_holm}
            for one, other in combinations(ranked, 2)
        ]
    )


def counts(found: Mapping[str, Any]) -> pd.DataFrame:
    """How many pairs keep their direction, by how sure the first test set was of it."""
    pairs = gaps(found)
    kinds = {
        "told apart by their interval": pairs["apart"],
        "not told apart": ~pairs["apart"],
        "McNemar, Holm-adjusted p < 0.05": pairs["holm"],
    }
    return pd.DataFrame(
        [
            {"pairs on CIFAR-10": kind, "how many": str(chosen.sum())}
            | {f"same direction on {name}": _share(pairs.loc[chosen, name] > 0) for name in AGAIN}
            for kind, chosen in kinds.items()
        ]
    )


def _share(kept: "pd.Series[bool]") -> str:
    return f"{kept.sum()} ({percent(float(kept.mean()))})"


def page(found: Mapping[str, Any]) -> str:
    accuracies = pd.DataFrame(found["accuracies"]).sort_values(FIRST, ascending=False)
    sets = [
        {
            "test set": name,
            "images": f"{found['images'][name]:,}",
            "accuracies": f"{points(each.min())} to {percent(each.max())}",
            "pairs told apart": str(found["apart"][str(name)]),
        }
        for name, each in accuracies.items()
    ]
    pairs = gaps(found)
    parts = [
        INTRODUCTION,
        table(pd.DataFrame(sets)),
        "## Directions",
        "Of the pairs on CIFAR-10, so many have the same model ahead on the new images:",
        table(counts(found)),
        "Pairs that CIFAR-10 and either version tell apart, in opposite directions: "
        f"{sum(found['opposite'].values())}.",
        "![The lead on CIFAR-10.1 against the lead on CIFAR-10, a dot per pair](replicate.svg)",
        "A dot is a pair of models. Above zero the direction is the same, above the dashed line "
        "the lead is larger on the new images. The largest lead on CIFAR-10 of a pair that turned "
        f"round is {points(pairs.loc[pairs[NEWEST] < 0, FIRST].max(), 2)} points.",
        CAVEATS,
        "## Accuracies",
        table(accuracies.map(percent).rename_axis("model").reset_index()),
    ]
    return "\n\n".join(parts) + "\n"


@matplotlib.rc_context(STYLE)
def figure(pairs: pd.DataFrame) -> Figure:
    """The lead on new images against the lead on the old ones, in points; dashed: the same."""
    drawn, panel = new(height=4.6)
    for apart, colour in ((True, COLOURS[0]), (False, COLOURS[3])):
        some = pairs[pairs["apart"] == apart]
        x, y = 100 * some[FIRST], 100 * some[NEWEST]
        panel.plot(x, y, "o", ms=3.5, alpha=0.7, color=colour, label=SIDES[apart])
    panel.axhline(0, color=GREY, lw=1)
    panel.plot([0, TICKS[-1]], [0, TICKS[-1]], color=GREY, lw=1, ls="--")
    for scale, axis in ((panel.set_xscale, panel.xaxis), (panel.set_yscale, panel.yaxis)):
        scale("symlog", linthresh=1)
        axis.set_major_locator(FixedLocator(TICKS))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_locator(NullLocator())
    panel.set(xlabel=f"lead on {FIRST}, points", ylabel=f"lead on {NEWEST}, points")
    panel.legend(frameon=False, loc="upper left")
    return drawn


INTRODUCTION = """# Do verdicts replicate?

A verdict says that a difference would be there with other test images of the kind too. Here is a
case in which that can be looked up. Recht et al. (2018,
[arXiv:1806.00451](https://arxiv.org/abs/1806.00451)) collected new test images for CIFAR-10 in the
way of the old ones, and published the predictions of thirty models on both
([modestyachts/CIFAR-10.1](https://github.com/modestyachts/CIFAR-10.1), MIT licence). So every pair
of models gets a verdict on CIFAR-10, and then CIFAR-10.1 shows who is ahead.

```
git clone https://github.com/modestyachts/CIFAR-10.1
archbench judge CIFAR-10.1/model_predictions/original_predictions/*.json --labels cifar10
python benchmarks/replicate.py CIFAR-10.1
```

`--labels cifar10` takes the test labels that stage download has written
([how to judge](how-to/judge.md)). The last command made this page from `results/replicate.json`;
no figure in it is typed.

Each model has one run, so a pair is told apart as *these networks differ*, never as *better*. Its
interval leaves out 0, and all the intervals of a test set hold together."""

CAVEATS = """## What this shows, and what not

- The new images are harder: every model is less accurate on them. The verdicts are promised for
  images of the same kind. That directions stayed although the kind changed is more than promised.
- The pairs share thirty models, so they are far fewer than so many independent trials.
- Nothing here is of other seeds: these are the same networks on other images.
- Of the pairs that were not told apart, many turned round. A lead without a verdict is no
  advice.
- McNemar's exact test with Holm's correction tells apart more pairs than the intervals do, as it
  spends the error rate step by step and gives no intervals. The verdicts do not use it; `pairs.csv`
  of `archbench judge` has it."""


def main(folder: Path, labels: str) -> None:
    files.write_json(RESULTS, collect(folder, labels))
    found = files.read_json(RESULTS)
    files.write_text(PAGE, page(found))
    files.write_text(FIGURE, svg(figure(gaps(found))))
    print(counts(found).to_string(index=False))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a clone of modestyachts/CIFAR-10.1")
    parser.add_argument("--labels", default="cifar10", help="a data set in data/, or a file")
    options = parser.parse_args()
    errors.run(main, options.folder, options.labels)
