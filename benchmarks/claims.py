"""docs/claims.md, from results/studies.json: no figure in it is typed but the published ones.

python benchmarks/claims.py
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import depth
import pandas as pd
import studies
from scipy import stats

from archbench import files
from archbench.evaluation.uncertainty import wilson
from archbench.reporting.page import table

PAGE = Path("docs/claims.md")
Rows = list[dict[str, Any]]
DEPTH_COLUMNS = ["network", "layers", "test accuracy", "training accuracy"]
TEST_IMAGES = 10_000
"""Of CIFAR-10, MNIST and Fashion-MNIST alike."""


class Claim(NamedTuple):
    """What a project published of a system's test images, by the name of our metric."""

    title: str
    system: str
    published: dict[str, float]


CLAIMS = (
    Claim("SE-ResNet, CIFAR-10", "se_resnet", {"accuracy": 0.8314}),
    Claim("stochastic-depth ResNet, CIFAR-10", "stochastic_depth_resnet", {"accuracy": 0.7857}),
    Claim("ResNet-18, CIFAR-10", "resnet18", {"accuracy": 0.9364}),
    Claim(
        "MLP, MNIST",
        "mlp-mnist",
        {"accuracy": 0.9739, "loss": 0.1053, "precision_weighted": 0.9743},
    ),
)
COMPARISONS = {
    "Beyond the four projects": (
        "A vision transformer and a ConvNeXt, timm's, each a file of a few lines here, beside "
        "ResNet-18: the same data, budget and augmentation, each by its tuned recipe.",
        ("vit-tuned", "convnext-tuned", "resnet18-tuned"),
    ),
    "The stem of ResNet-34": (
        "By the tuned recipe with ImageNet's 7×7 stem, which hands the blocks 8×8 pixels of 32×32, "
        "and with the 3×3 stem, which hands them all.",
        ("stem-imagenet", "stem-small"),
    ),
    "Label smoothing and calibration": (
        "SE-ResNet by its tuned recipe, whose label smoothing is 0.1, and with none and 0.2; the "
        "temperature is fitted on the validation images.",
        ("smoothing-0.0", "se_resnet-tuned", "smoothing-0.2"),
    ),
    "Early stopping": (
        "The reference MLP on CIFAR-10, at most 50 epochs of the quick budget's images, with one "
        "of its two rules off.",
        ("stopping-overfit_patience-off", "stopping-patience-off"),
    ),
    "Fine-tuning on Fashion-MNIST": (
        "SE-ResNet on Fashion-MNIST, from scratch and from the weights that the tuned recipe "
        "learned on CIFAR-10, at the same number of updates each; pretraining is not counted.",
        ("fashion-scratch", "fashion-full", "fashion-layer-decay", "fashion-probe"),
    ),
}
INTRODUCTION = """# Claims

Made by `python benchmarks/claims.py` from `results/studies.json`, which
`python benchmarks/studies.py` writes: run it to go on where it stopped, with `--budget full` for
the recipes as they are. A verdict is of the same recipe run in full: our 95 % interval (Student's t
over seeds; of one run, Wilson's over the test images) holds the published figure, or lies above or
below it. The published figures came without intervals."""


def interval(values: Sequence[float], metric: str) -> tuple[float, float] | None:
    if len(values) > 1:
        mean, error = pd.Series(values).mean(), stats.sem(values)
        low, high = stats.t.interval(0.95, len(values) - 1, loc=mean, scale=error)
        return float(low), float(high)
    return wilson(values[0], TEST_IMAGES) if metric == "accuracy" else None


def verdict(published: float, ends: tuple[float, float], metric: str) -> str:
    low, high = ends
    if low <= published <= high:
        return "reproduced"
    return "better" if (low > published) == (metric != "loss") else "worse"


def found(rows: Rows, name: str, budget: str) -> Rows:
    """The study's runs of the recipe as it is now, under the budget."""
    if name not in studies.STUDIES:
        return []
    digest = studies.settings(studies.STUDIES[name], budget)
    return [row for row in rows if (row["study"], row["settings"]) == (name, digest)]


def latest(rows: Rows, name: str) -> Rows:
    """In full if there is such a run, under the quick budget otherwise."""
    return found(rows, name, "full") or found(rows, name, "quick")


def written(rows: Rows, metric: str) -> str:
    """Mean, interval, and what the runs were."""
    if not rows:
        return "not yet run"
    values = [row[metric] for row in rows]
    ends = interval(values, metric)
    said = f"{figure(sum(values) / len(values), metric)}"
    said += f" [{figure(ends[0], metric)}, {figure(ends[1], metric)}]" if ends else ""
    return f"{said}, {conditions(rows)}"


def conditions(rows: Rows) -> str:
    row, seeds = rows[0], len(rows)
    trained = f"{row['train_images']:,} images × {plural(row['epochs'], 'epoch')}"
    return f"{row['budget']} budget: {trained}, {plural(seeds, 'seed')}, {row['device']}"


def plural(count: int, name: str) -> str:
    return f"{count} {name}{'s' * (count > 1)}"


def figure(value: float, metric: str) -> str:
    return f"{value:.4f}" if metric == "loss" else f"{100 * value:.2f} %"


def claims(rows: Rows) -> pd.DataFrame:
    lines = []
    for claim in CLAIMS:
        for metric, published in claim.published.items():
            full = found(rows, f"{claim.system}-reference", "full")
            ends = interval([row[metric] for row in full], metric) if full else None
            lines.append(
                {
                    "system": claim.title,
                    "metric": metric,
                    "published": figure(published, metric),
                    "ours, its recipe": written(latest(rows, f"{claim.system}-reference"), metric),
                    "verdict": verdict(published, ends, metric) if ends else "not yet run in full",
                    "ours, tuned": written(latest(rows, f"{claim.system}-tuned"), metric),
                    "command": f"studies.py {claim.system}-reference {claim.system}-tuned",
                }
            )
    return pd.DataFrame(lines)


def compared(rows: Rows, names: Iterable[str]) -> pd.DataFrame:
    lines = []
    for name in names:
        if runs := latest(rows, name):
            mean = pd.DataFrame(runs).mean(numeric_only=True)
            lines.append(
                {
                    "study": name,
                    "test accuracy": written(runs, "accuracy"),
                    "training accuracy": figure(mean["train_accuracy"], "accuracy"),
                    "stopped by": runs[0]["stopped"] or "-",
                    "loss (nats)": figure(mean["loss"], "loss"),
                    "ECE": figure(mean["ece"], "ece"),
                    "with temperature": scaled(mean),
                    "GFLOPs/image": f"{mean['gflops']:.3g}",
                    "training": f"{mean['train_seconds']:.0f} s",
                }
            )
    return pd.DataFrame(lines)


def scaled(mean: pd.Series) -> str:
    """ECE after temperature scaling, of the studies that measured it."""
    return figure(mean["scaled_ece"], "ece") if "scaled_ece" in mean else "-"


def depths(rows: Rows) -> pd.DataFrame:
    """Training and test accuracy by family, depth and kind: long, one row per run."""
    lines = []
    for name in studies.STUDIES:
        if name.startswith("depth-") and (runs := latest(rows, name)):
            *family, layers = name.removeprefix("depth-").split("-")
            plain = "plain" in family[-1]
            label = f"{'MLP' if family[0] == 'mlp' else 'CNN'} {'plain' if plain else 'residual'}"
            for run in runs:
                lines.append({"network": label, "depth": int(layers)} | run)
    return pd.DataFrame(lines)


def changed(system: str) -> pd.DataFrame:
    """The settings in which the tuned recipe differs from the reference, in full."""
    both = {}
    for kind in ("reference", "tuned"):
        training, _ = studies.asked(studies.Study(system, {"recipe": kind}), "full")
        both[kind] = pd.json_normalize(training.recipe_of(system).model_dump()).iloc[0].astype(str)
    frame = pd.DataFrame(both).fillna("-")
    return frame[frame["reference"] != frame["tuned"]].rename_axis("setting").reset_index()


def page(rows: Rows) -> str:
    parts = [INTRODUCTION, table(claims(rows)), "## Depth, with skips and without"]
    runs = depths(rows)
    if len(runs):
        depth.draw(runs, PAGE.parent / "depth.svg")
        columns = ["accuracy", "train_accuracy"]
        means = (
            runs.groupby(["network", "depth"])[columns]
            .mean()
            .map(lambda share: figure(share, "accuracy"))
        )
        parts += [
            "The same layers and the same first weights, with skips that have no parameters and "
            "without (He et al. 2016).",
            "![accuracy by depth](depth.svg)",
            table(means.reset_index().set_axis(DEPTH_COLUMNS, axis=1)),
            conditions(runs.to_dict("records")[:1]),
        ]
    for title, (about, names) in COMPARISONS.items():
        runs = compared(rows, names)
        parts += [f"## {title}", about, table(runs) if len(runs) else "Not yet run."]
    parts += ["## What the tuned recipes change"]
    for claim in CLAIMS:
        system = claim.system.removesuffix("-mnist")
        parts += [f"### `{system}`", table(changed(system))]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    PAGE.parent.mkdir(exist_ok=True)
    files.write_text(PAGE, page(studies.read()))


if __name__ == "__main__":
    main()
