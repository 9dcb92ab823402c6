"""docs/claims.md, from results/studies.json: no figure in it is typed but the published ones.

python benchmarks/claims.py
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import studies
from scipy import stats

from archbench import files
from archbench.evaluation.metrics import wilson
from archbench.reporting.page import table

PAGE = Path("docs/claims.md")
Rows = list[dict[str, Any]]


class Claim(NamedTuple):
    """What a project published of a system, and the studies that ask whether it is so."""

    system: str
    published: dict[str, float]
    """Of the test images, by the name of our metric."""
    reference: str
    tuned: str


CLAIMS = (
    Claim("SE-ResNet, CIFAR-10", {"accuracy": 0.8314}, "se_resnet-reference", "se_resnet-tuned"),
    Claim(
        "stochastic-depth ResNet, CIFAR-10",
        {"accuracy": 0.7857},
        "stochastic_depth_resnet-reference",
        "stochastic_depth_resnet-tuned",
    ),
    Claim("ResNet-18, CIFAR-10", {"accuracy": 0.9364}, "resnet18-reference", "resnet18-tuned"),
    Claim(
        "MLP, MNIST",
        {"accuracy": 0.9739, "loss": 0.1053, "precision_weighted": 0.9743},
        "mlp-mnist-reference",
        "mlp-mnist-tuned",
    ),
)


def interval(values: Sequence[float], metric: str, test_images: int) -> tuple[float, float] | None:
    """95 %: Student's t over seeds; of one accuracy Wilson's, over the test images."""
    if len(values) > 1:
        low, high = stats.t.interval(
            0.95, len(values) - 1, loc=pd.Series(values).mean(), scale=stats.sem(values)
        )
        return float(low), float(high)
    return wilson(values[0], test_images) if metric == "accuracy" else None


def verdict(published: float, low: float, high: float, metric: str) -> str:
    """Of our interval against a published figure that came without one."""
    if low <= published <= high:
        return "reproduced"
    return "better" if (low > published) == (metric != "loss") else "worse"


def found(rows: Rows, name: str, budget: str) -> Rows:
    """The study's runs of the recipe as it is now, under the budget."""
    digest = studies.settings(studies.STUDIES[name], budget)
    return [row for row in rows if (row["study"], row["settings"]) == (name, digest)]


def written(rows: Rows, metric: str) -> str:
    """Mean, interval, number of seeds."""
    values = [row[metric] for row in rows]
    mean, scale, unit = sum(values) / len(values), *((1, "") if metric == "loss" else (100, " %"))
    digits = 4 if metric == "loss" else 2
    ends = interval(values, metric, rows[0]["test_images"])
    said = f" [{scale * ends[0]:.{digits}f}, {scale * ends[1]:.{digits}f}]" if ends else ""
    return f"{scale * mean:.{digits}f}{unit}{said}, n={len(values)}"


def compared(rows: Rows) -> pd.DataFrame:
    """A row per published figure: the same recipe in full, if it was run, and at the quick budget."""
    lines = []
    for claim in CLAIMS:
        for metric, published in claim.published.items():
            full, quick = (found(rows, claim.reference, budget) for budget in ("full", "quick"))
            ours = tuned_best(rows, claim.tuned)
            lines.append(
                {
                    "system": claim.system,
                    "metric": metric,
                    "published": f"{published:.4f}" if metric == "loss" else f"{published:.2%}",
                    "its recipe, in full": written(full, metric) if full else "not yet run",
                    "verdict": judged(full, published, metric),
                    "its recipe, quick budget": written(quick, metric) if quick else "-",
                    "our recipe": f"{written(ours, metric)} ({ours[0]['budget']})" if ours else "-",
                }
            )
    return pd.DataFrame(lines)


def tuned_best(rows: Rows, name: str) -> Rows:
    return found(rows, name, "full") or found(rows, name, "quick")


def judged(rows: Rows, published: float, metric: str) -> str:
    values = [row[metric] for row in rows]
    ends = interval(values, metric, rows[0]["test_images"]) if rows else None
    return verdict(published, *ends, metric) if ends else "not yet run"


def main() -> None:
    rows = files.read_json(studies.ROWS)
    files.write_text(PAGE, page(rows))


if __name__ == "__main__":
    main()
