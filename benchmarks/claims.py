"""docs/claims.md, from results/studies.json: no figure in it is typed but the published ones.

    python benchmarks/claims.py

The page is a function of the rows alone, and refuses to be made of rows of other code.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import depth
import numpy as np
import pandas as pd
import studies
from scipy import stats
from studies import Rows

from archbench.base import errors, files
from archbench.evaluation.uncertainty import wilson
from archbench.report.markdown import table

DOCS = Path("docs")
DEPTH_COLUMNS = ["network", "layers", "test accuracy", "training accuracy"]
NOT_RUN = "not run with this code"
NOT_IN_FULL = "not yet run in full"
ENOUGH = 3
"""Full runs: from two, Student's t is 12.7 and a prediction says next to nothing."""


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
        "The reference MLP on CIFAR-10, at most 50 epochs, with one of its two rules off.",
        ("stopping-overfit_patience-off", "stopping-patience-off"),
    ),
    "Fine-tuning on Fashion-MNIST": (
        "SE-ResNet on Fashion-MNIST, from scratch and from the weights that the tuned recipe "
        "learned on CIFAR-10, under the same budget each; pretraining is not counted.",
        ("fashion-scratch", "fashion-full", "fashion-layer-decay", "fashion-probe"),
    ),
}
INTRODUCTION = """# Claims

Made by `python benchmarks/claims.py` from `results/studies.json`, which
`python benchmarks/studies.py` writes, with `--budget full` of the recipes as they are. Runs of
other code or settings are dropped.

A published figure is of one training run, and came without an interval. So it is judged by the 95 %
prediction interval of one more run (Student's t), from at least three of ours by the same recipe in
full: it lies inside, or the published figure is higher or lower. Beside it stands the mean of our
runs, with the 95 % interval of that mean (Student's t over seeds, on these test images). Of a
single run the interval is Wilson's over the test
images, and of that one trained network: another seed may well give another order."""


def prediction(values: list[float]) -> tuple[float, float]:
    """Where one more draw of a normal distribution lies, at 95 %: its own chance and the mean's."""
    n, mean = len(values), float(np.mean(values))
    spread = np.std(values, ddof=1) * np.sqrt(1 + 1 / n)
    half = float(stats.t.ppf(0.975, n - 1) * spread)
    return mean - half, mean + half


def verdict(published: float, ends: tuple[float, float]) -> str:
    low, high = ends
    if low <= published <= high:
        return "inside"
    return "published is higher" if published > high else "published is lower"


def found(rows: Rows, name: str, budget: str) -> Rows:
    return [row for row in rows if (row["study"], row["budget"]) == (name, budget)]


def latest(rows: Rows, name: str) -> Rows:
    """In full if there is such a run, under the quick budget otherwise."""
    return found(rows, name, "full") or found(rows, name, "quick")


def written(rows: Rows, metric: str) -> str:
    """Mean, interval, and what the runs were."""
    return f"{estimate(rows, metric)}, {conditions(rows)}" if rows else NOT_RUN


def estimate(rows: Rows, metric: str) -> str:
    """The mean, and its interval where there is one: of one run, only an accuracy has it."""
    values = [row[metric] for row in rows]
    mean = figure(sum(values) / len(values), metric)
    if len(values) > 1:
        half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
        centre = sum(values) / len(values)
        return f"{mean} {between((centre - half, centre + half), metric)}"
    if metric == "accuracy":
        return f"{mean} {between(wilson(values[0], rows[0]['test_images']), metric)}"
    return mean


def between(ends: tuple[float, float], metric: str) -> str:
    return f"[{figure(ends[0], metric)}, {figure(ends[1], metric)}]"


def conditions(rows: Rows) -> str:
    row, epochs = rows[0], sorted({row["epochs"] for row in rows})
    length = plural(epochs[0], "epoch") if len(epochs) == 1 else f"{epochs[0]}–{epochs[-1]} epochs"
    machines = {f"{row['device']}, {plural(row['threads'], 'thread')}" for row in rows}
    trained = f"{row['budget']} budget: {row['train_images']:,} images × {length}"
    return "; ".join([f"{trained}, {plural(len(rows), 'seed')}", *sorted(machines)])


def plural(count: int, name: str) -> str:
    return f"{count} {name}{'s' * (count > 1)}"


def figure(value: float, metric: str) -> str:
    return f"{value:.4f}" if metric == "loss" else f"{100 * value:.2f} %"


def claims(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(
        claimed(rows, claim, metric) for claim in CLAIMS for metric in claim.published
    )


def claimed(rows: Rows, claim: Claim, metric: str) -> dict[str, str]:
    published, names = (
        claim.published[metric],
        [f"{claim.system}-reference", f"{claim.system}-tuned"],
    )
    full = [row[metric] for row in found(rows, names[0], "full")]
    ends = prediction(full) if len(full) >= ENOUGH else None
    return {
        "system": claim.title,
        "metric": metric,
        "published": figure(published, metric),
        "prediction interval of one more run": between(ends, metric) if ends else "-",
        "verdict": verdict(published, ends) if ends else NOT_IN_FULL,
        "ours, its recipe": written(latest(rows, names[0]), metric),
        "ours, tuned": written(latest(rows, names[1]), metric),
        "command of the verdict": f"studies.py --budget full --seeds {ENOUGH} {names[0]}",
    }


def compared(rows: Rows, names: Iterable[str]) -> pd.DataFrame:
    lines = [{"study": name} | described(latest(rows, name)) for name in names]
    return pd.DataFrame(lines).fillna("-")


def described(runs: Rows) -> dict[str, str]:
    if not runs:
        return {"test accuracy": NOT_RUN}
    mean = pd.DataFrame(runs).mean(numeric_only=True)
    return {
        "test accuracy": written(runs, "accuracy"),
        "training accuracy": figure(mean["train_accuracy"], "accuracy"),
        "stopped by": runs[0]["stopped"] or "-",
        "loss (nats)": figure(mean["loss"], "loss"),
        "ECE with a temperature": figure(mean["scaled_ece"], "ece"),
        "raw ECE": figure(mean["ece"], "ece"),
        "GFLOPs/image": f"{mean['gflops']:.3g}",
        "training": f"{mean['train_seconds']:.0f} s",
    }


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
    parts = [INTRODUCTION, table(claims(rows)), *depth_section(rows)]
    for title, (about, names) in COMPARISONS.items():
        parts += [f"## {title}", about, table(compared(rows, names))]
    parts += ["## What the tuned recipes change"]
    for claim in CLAIMS:
        system = claim.system.removesuffix("-mnist")
        parts += [f"### `{system}`", table(changed(system))]
    return "\n\n".join(parts) + "\n"


def depth_section(rows: Rows) -> list[str]:
    parts = [
        "## Depth, with skips and without",
        "The same layers and the same first weights, with skips that have no parameters and "
        "without (He et al. 2016).",
    ]
    runs = depths(rows)
    if runs.empty:
        return [*parts, NOT_RUN]
    cells = [
        (*key, *(estimate(rows_of(group), of) for of in ("accuracy", "train_accuracy")))
        for key, group in runs.groupby(["network", "depth"])
    ]
    of_one = rows_of(next(group for _, group in runs.groupby("study")))
    drawing = "![accuracy by depth](depth.svg)"
    shown = table(pd.DataFrame(cells, columns=DEPTH_COLUMNS))
    return [*parts, drawing, shown, conditions(of_one)]


def rows_of(runs: pd.DataFrame) -> Rows:
    return [{str(name): value for name, value in row.items()} for row in runs.to_dict("records")]


def write(rows: Rows, folder: Path) -> None:
    files.write_text(folder / "claims.md", page(rows))
    runs = depths(rows)
    if len(runs):
        depth.draw(runs, folder / "depth.svg")


def main() -> None:
    rows = studies.read()
    if stale := len(rows) - len(studies.fresh(rows)):
        raise errors.Refused(
            f"{studies.ROWS}: {plural(stale, 'row')} of other code or settings: "
            "`python benchmarks/studies.py --seeds 0` drops or renews them, without training"
        )
    write(rows, DOCS)


if __name__ == "__main__":
    errors.run(main)
