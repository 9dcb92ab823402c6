"""docs/verdicts.md, from results/verdicts.json: no figure in it is typed.

python benchmarks/verdicts_page.py
"""

from pathlib import Path
from typing import Any

import pandas as pd

from archbench.base import files
from archbench.report.markdown import table

PAGE = Path("docs/verdicts.md")
RESULTS = Path("results/verdicts.json")

INTRODUCTION = """# What the verdicts hold

Each pair of architectures on a page has one interval, and its verdict, its p and the ranks are read
off that interval:

- **better**: the interval leaves out 0;
- **equal within ±x points**: the interval lies within ±x (`equivalence_margin` in params.yaml);
- **not decided**: neither.

With fewer than three seeds the same is said of the trained networks: *these networks differ*. What
another seed would give is not known then.

The intervals promise this: in 95 % of such reports *every* interval holds its true difference,
whatever test images of the kind and whatever seeds had been drawn, however many pairs the report
has, and however often seeds are added and looked at. This page shows by simulation how far that
promise is kept. `benchmarks/verdicts.py` makes the figures, `benchmarks/verdicts_page.py` the page.

## How an interval is made

The test images and the seeds are crossed: every run answers every image. With n images and S seeds
of each architecture, the variance of a difference of mean accuracies is the sum of two parts:

- **images**: some images suit one architecture better, whatever its seed. This part is the variance
  over images of the difference of the seeds' means, less the share of it that single runs' chance
  explains (the two-way layout's residual mean square over S), over n. Its margin is a normal
  quantile at the level α/m, for m pairs.
- **seeds**: the variance of the runs' accuracies over S, of each architecture. Its margin is
  Student's t, at the level α/m · 2/(S(S−1)). These shares sum to 1 over S = 3, 4, 5, …, so all
  looks together spend α/m, by the union bound. The degrees of freedom are Welch's (1947), of
  variances that are drawn a quarter of the way to their mean, since three runs may have a variance
  near zero by luck.

The half-width is the root of the sum of the two margins' squares. Before that, one image is added
that only the first architecture gets right, and one that only the second does (Bonett & Price
2012), so that no interval has a width of zero.

archbench 0.1 added the variances instead, gave the sum Satterthwaite's degrees of freedom by the
*net* variances of the seeds, and corrected p by Holm's method, the interval not at all, and nothing
for added seeds."""


def page(found: dict[str, Any]) -> str:
    tables = {name: pd.DataFrame(rows) for name, rows in found.items() if isinstance(rows, list)}
    parts = [
        INTRODUCTION,
        "## Two equal architectures",
        "How often the 95 % interval of one pair leaves out 0, and its median half-width in "
        "points. With one and two seeds today's interval is of the networks, which is why it "
        f"misses where seeds differ. {found['draws']:,} draws a cell.",
        table(grid(tables["grid"])),
        "## Small levels",
        "The same of one pair at the levels that many pairs need, with one look, three seeds and "
        "10,000 images, where the seeds' standard deviations are 0 and 0.86 points. "
        "Satterthwaite's degrees of freedom by the mean squares are their right form, but miss "
        "small levels by far; today's margins stay near all three.",
        table(written(tables["levels"])),
        "## Five equal architectures",
        "How often some of the ten pairs is told apart, with 10,000 images. The seeds' standard "
        "deviations are 0.1, 0.1, 0.4, 0.59 and 0.86 points. With fewer than three seeds today's "
        "verdict is *these networks differ*, never *better*.",
        table(written(tables["familywise"])),
        "## Adding seeds until it holds",
        "How often two equal architectures are told apart at some look, where a reader looks after "
        "three seeds and after each further one up to ten.",
        table(written(tables["adding"])),
        "## Detectable differences",
        "How often a true difference is found that is as large as the one called detectable, in "
        "one of ten pairs, with 10,000 images. The aim is 80 %.",
        table(written(tables["power"])),
        "## Plans",
        "What a pilot forecasts for the half-width with ten seeds and 10,000 images: its mean and "
        "standard deviation over pilots, and what is then seen, in points.",
        table(written(tables["plans"])),
    ]
    return "\n\n".join(parts) + "\n"


def grid(rows: pd.DataFrame) -> pd.DataFrame:
    order = ["seeds", "sds", "images", "earlier", "today", "earlier_width", "today_width"]
    ordered = rows.sort_values(["seeds", "images"], kind="stable")[order]
    return written(ordered)


def written(rows: pd.DataFrame) -> pd.DataFrame:
    """Rates in percent, widths in points, pairs of standard deviations as words."""
    return pd.DataFrame(
        {TITLES.get(name, name): rows[name].map(STYLES.get(name, str)) for name in map(str, rows)}
    )


def percent(share: float) -> str:
    return f"{100 * share:.2f} %"


STYLES: dict[str, Any] = {
    "sds": lambda pair: " and ".join(f"{sd:g}" for sd in pair),
    "images": "{:,}".format,
    "level": lambda level: f"{100 * level:g} %",
    **dict.fromkeys(("earlier", "satterthwaite", "today", "found"), percent),
    **dict.fromkeys(
        ("earlier_width", "today_width", "detectable", "forecast", "sd", "seen"), "{:.2f}".format
    ),
}
TITLES = {
    "sds": "sd of seeds (points)",
    "earlier": "archbench 0.1",
    "today": "today",
    "earlier_width": "half-width, 0.1",
    "today_width": "half-width, today",
    "satterthwaite": "by mean squares",
    "detectable": "detectable (points)",
    "sd": "its sd",
}


def main() -> None:
    files.write_text(PAGE, page(files.read_json(RESULTS)))


if __name__ == "__main__":
    main()
