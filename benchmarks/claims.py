"""docs/claims.md, from results/studies.json: no figure in it is typed but the published ones.

    python benchmarks/claims.py

The page is a function of the rows alone, and refuses to be made of rows of other code.
"""

import json
from collections.abc import Iterable, Iterator
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
from archbench.training.recipe import Recipe

DOCS = Path("docs")
SHORT_COLUMNS = ["system", "published", "by its authors' recipe", "tuned", "a tuned run takes"]
DEPTH_COLUMNS = ["network", "layers", "test accuracy", "training accuracy", "runs"]
DEPTHS = [name for name in studies.STUDIES if name.startswith("depth-")]
NOT_RUN = "not run with this code"
NOT_IN_FULL = "not yet run in full"
Ends = tuple[float, float]
ENOUGH = 3
"""Full runs: from two, Student's t is 12.7 and a prediction says next to nothing."""


class Claim(NamedTuple):
    """What a project published of a system's test images, by the name of our metric."""

    title: str
    system: str
    published: dict[str, float | None]

    @property
    def reference(self) -> str | None:
        """The study of the authors' recipe, if there is one here."""
        name = f"{self.system}-reference"
        return name if name in studies.STUDIES else None

    @property
    def tuned(self) -> str:
        """The study of the tuned recipe at its full length."""
        return f"{self.system}-long"

    @property
    def studies(self) -> list[str]:
        return [name for name in (self.reference, self.tuned) if name]


CLAIMS = (
    Claim("SE-ResNet, CIFAR-10", "se_resnet", {"accuracy": 0.8314}),
    Claim("stochastic-depth ResNet, CIFAR-10", "stochastic_depth_resnet", {"accuracy": 0.7857}),
    Claim("ResNet-18, CIFAR-10", "resnet18", {"accuracy": 0.9364}),
    Claim("ResNet-34, CIFAR-10", "resnet34", {"accuracy": None}),
    Claim("speednet, CIFAR-10", "speednet", {"accuracy": 0.94}),
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
        "and with the 3×3 stem, which hands them all. Each has one epoch, and at most the budget's "
        "compute: the 3×3 stem costs more for each image, so it trains on fewer. Neither begins "
        "from timm's pretrained weights: that start is not measured yet, and [Fine-tune](how-to/"
        "fine-tune.md#from-timms-hub) has its command.",
        ("stem-imagenet", "stem-small"),
    ),
    "Label smoothing and calibration": (
        "SE-ResNet by its tuned recipe, whose label smoothing params.yaml has, and with none and "
        "0.2; the temperature is fitted on the validation images.",
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
`python benchmarks/studies.py` writes. Runs of other code or settings are dropped."""
SHORT = """\
The published accuracy, that of the authors' recipe here, and that of the tuned recipe at its full
length: the mean over seeds of the test accuracy, with its 95 % interval (Student's t), or of a
single run Wilson's interval over the test images. Our runs hold a tenth or a fifth of the training
images out, to choose the best epoch. Other work ran beside some of them, so a time is an upper
bound.

`speednet` follows airbench (Jordan 2024), and 94 % is what airbench published: for another width,
trained on all 50,000 images, and with the mirror image of each test image averaged in. Ours sees
45,000 images, and each test image once."""
VERDICTS = """\
A published figure is of one training run, and came without an interval. From three of ours or
more it is judged by the 95 % prediction interval of one more (Student's t): it lies inside, or the
published figure is higher or lower. A single run of ours has only Wilson's interval over the test
images. That holds for this one trained network, and another seed may give another order: such a
verdict says "one run".

An accuracy of ours that lies far above the published one, by the same recipe, does not come from
the seed. Something else differs between the two runs, and we do not know what."""
COMMANDS = """\
Of each study the command that trains it, and one that trains the same in the pipeline. A study
that was cut off goes on after its last epoch."""


def prediction(values: list[float]) -> Ends:
    """Where one more draw of a normal distribution lies, at 95 %: its own chance and the mean's."""
    n, mean = len(values), float(np.mean(values))
    spread = np.std(values, ddof=1) * np.sqrt(1 + 1 / n)
    half = float(stats.t.ppf(0.975, n - 1) * spread)
    return mean - half, mean + half


def verdict(published: float, ends: Ends) -> str:
    low, high = ends
    if low <= published <= high:
        return "inside"
    return "published is higher" if published > high else "published is lower"


def found(rows: Rows, name: str, budget: str) -> Rows:
    return [row for row in rows if (row["study"], row["budget"]) == (name, budget)]


def latest(rows: Rows, name: str) -> Rows:
    """In full if there is such a run, under the quick budget otherwise."""
    return found(rows, name, "full") or found(rows, name, "quick")


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


def between(ends: Ends, metric: str) -> str:
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


def in_short(rows: Rows) -> pd.DataFrame:
    """A system's published accuracy and ours, a row each."""
    lines = []
    for claim in CLAIMS:
        published = published_figure(claim.published["accuracy"], "accuracy")
        ours = in_full(rows, claim.reference) if claim.reference else "-"
        tuned = in_full(rows, claim.tuned)
        lines.append((claim.title, published, ours, tuned, took(found(rows, claim.tuned, "full"))))
    return pd.DataFrame(lines, columns=SHORT_COLUMNS)


def in_full(rows: Rows, study: str) -> str:
    runs = found(rows, study, "full")
    return estimate(runs, "accuracy") if runs else NOT_RUN


def took(rows: Rows) -> str:
    """The mean training, of the runs with most threads."""
    if not rows:
        return "-"
    threads = max(row["threads"] for row in rows)
    seconds = [row["train_seconds"] for row in rows if row["threads"] == threads]
    return f"{duration(float(np.mean(seconds)))}, {plural(threads, 'thread')}"


def duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def published_figure(value: float | None, metric: str) -> str:
    return "no figure" if value is None else figure(value, metric)


def claims(rows: Rows) -> pd.DataFrame:
    """A verdict for each published figure whose recipe is here."""
    return pd.DataFrame(
        claimed(rows, claim, claim.reference, metric)
        for claim in CLAIMS
        if claim.reference
        for metric in claim.published
    )


def claimed(rows: Rows, claim: Claim, study: str, metric: str) -> dict[str, str]:
    published, full = claim.published[metric], found(rows, study, "full")
    ends, said = judged(published, full, metric)
    return {
        "system": claim.title,
        "metric": metric,
        "published": published_figure(published, metric),
        "ours, its recipe": estimate(full, metric) if full else NOT_IN_FULL,
        "judged by": between(ends, metric) if ends else "-",
        "verdict": said,
    }


def judged(published: float | None, runs: Rows, metric: str) -> tuple[Ends | None, str]:
    """The interval that a published figure is held against, and the verdict."""
    values = [run[metric] for run in runs]
    if published is None or not runs:
        return None, "-"
    if len(runs) >= ENOUGH:
        ends = prediction(values)
        return ends, verdict(published, ends)
    if metric != "accuracy" or len(runs) > 1:
        return None, f"{plural(len(runs), 'run')}: too few"
    ends = wilson(values[0], runs[0]["test_images"])
    return ends, f"one run: {verdict(published, ends)}"


def missing(rows: Rows) -> Iterator[str]:
    """What a reference recipe that was not run in full would take, by an epoch of the tuned one."""
    for claim in CLAIMS:
        tuned = found(rows, claim.tuned, "full")
        if claim.reference and tuned and not found(rows, claim.reference, "full"):
            epochs = recipe(claim.reference).epochs
            each = np.mean([row["train_seconds"] / row["epochs"] for row in tuned])
            yield (
                f"{claim.title}: the authors' {epochs} epochs were not run. At the time that an "
                f"epoch of the tuned recipe took they would take {duration(float(epochs * each))}."
            )


def costs(rows: Rows) -> pd.DataFrame:
    """Of each study of the claims that was run in full, the mean run."""
    names = [name for claim in CLAIMS for name in claim.studies]
    return pd.DataFrame(cost(name, of) for name in names if (of := found(rows, name, "full")))


def cost(name: str, rows: Rows) -> dict[str, str]:
    mean = pd.DataFrame(rows).mean(numeric_only=True)
    return {
        "study": name,
        "runs": conditions(rows),
        "a run takes": duration(mean["train_seconds"]),
        "PFLOP of a run": f"{mean['train_petaflop']:.2g}",
        "code of revision": ", ".join(sorted({row["revision"] for row in rows})),
    }


def commands(rows: Rows, claim: Claim) -> str:
    """What runs the studies of a claim, and what trains the same in the pipeline."""
    lines = []
    for name in claim.studies:
        seeds = max(len(found(rows, name, "full")), 1)
        lines.append(f"python benchmarks/studies.py --budget full --seeds {seeds} {name}")
        lines.append(experiment(studies.STUDIES[name], seeds))
    return "\n".join(["```", *lines, "```"])


def experiment(study: studies.Study, seeds: int) -> str:
    matrix = {"architectures": [study.architecture], "seeds": list(range(seeds))}
    settings = matrix | {"budget": "full"} | study.changes
    written = (f"-S {at(key)}={shell(value)}" for key, value in settings.items())
    return f"dvc exp run {' '.join(written)}"


def at(key: str) -> str:
    """As Hydra wants it: a recipe may not have the key yet."""
    return f"++{key}" if key.startswith("recipes.") else key


def shell(value: object) -> str:
    """As one word of a shell: a list in quotes."""
    return f"'{json.dumps(value)}'" if isinstance(value, list) else str(value)


def compared(rows: Rows, names: Iterable[str]) -> pd.DataFrame:
    """A column for each study."""
    columns = {name: described(latest(rows, name)) for name in names}
    return pd.DataFrame(columns).fillna("-").rename_axis("study").reset_index()


def described(runs: Rows) -> dict[str, str]:
    if not runs:
        return {"test accuracy": NOT_RUN}
    mean = pd.DataFrame(runs).mean(numeric_only=True)
    return {
        "test accuracy": estimate(runs, "accuracy"),
        "training accuracy": figure(mean["train_accuracy"], "accuracy"),
        "stopped by": runs[0]["stopped"] or "-",
        "loss (nats)": figure(mean["loss"], "loss"),
        "ECE with a temperature": figure(mean["scaled_ece"], "ece"),
        "raw ECE": figure(mean["ece"], "ece"),
        "GFLOPs/image": f"{mean['gflops']:.3g}",
        "training": f"{mean['train_seconds']:.0f} s",
        "runs": conditions(runs),
    }


def depths(rows: Rows) -> pd.DataFrame:
    """Training and test accuracy by family, depth and kind: long, one row per run."""
    lines = []
    for name in DEPTHS:
        if runs := latest(rows, name):
            *family, layers = name.removeprefix("depth-").split("-")
            plain = "plain" in family[-1]
            label = f"{'MLP' if family[0] == 'mlp' else 'CNN'} {'plain' if plain else 'residual'}"
            for run in runs:
                lines.append({"network": label, "depth": int(layers)} | run)
    return pd.DataFrame(lines)


def changed(reference: str, tuned: str) -> pd.DataFrame:
    """The settings in which the tuned study differs from the reference."""
    both = {}
    for kind, name in {"reference": reference, "tuned": tuned}.items():
        both[kind] = pd.json_normalize(recipe(name).model_dump()).iloc[0].astype(str)
    frame = pd.DataFrame(both).fillna("-")
    return frame[frame["reference"] != frame["tuned"]].rename_axis("setting").reset_index()


def page(rows: Rows) -> str:
    parts = [INTRODUCTION, "## In short", SHORT, table(in_short(rows))]
    parts += ["## Verdicts", VERDICTS, table(claims(rows)), *missing(rows)]
    parts += ["## What the runs took", table(costs(rows)), *depth_section(rows)]
    for title, (about, names) in COMPARISONS.items():
        parts += [f"## {title}", about, table(compared(rows, names))]
    parts += ["## The runs of each system, and what the tuned recipe changes", COMMANDS]
    for claim in CLAIMS:
        parts += [f"### {claim.title}", commands(rows, claim)]
        parts += [table(changed(claim.reference, claim.tuned))] if claim.reference else []
    return "\n\n".join(parts) + "\n"


def recipe(study: str) -> Recipe:
    """At the full budget."""
    training, _ = studies.asked(studies.STUDIES[study], "full")
    return training.recipe_of(studies.STUDIES[study].architecture)


def depth_section(rows: Rows) -> list[str]:
    parts = [
        "## Depth, with skips and without",
        "The same layers and the same first weights, with skips that have no parameters and "
        "without (He et al. 2016). Each has at most the quick budget's compute, so a deeper CNN "
        "trains for fewer epochs: compare networks of one depth. The training accuracy is counted "
        "on the augmented images of the last epoch, while the weights still change.",
    ]
    runs = depths(rows)
    if runs.empty:
        return [*parts, NOT_RUN]
    cells = [
        (*key, estimate(of, "accuracy"), estimate(of, "train_accuracy"), conditions(of))
        for key, of in ((key, rows_of(group)) for key, group in runs.groupby(["network", "depth"]))
    ]
    drawing = ["![accuracy by depth](depth.svg)"] if all_depths(runs) else []
    return [*parts, *drawing, table(pd.DataFrame(cells, columns=DEPTH_COLUMNS))]


def all_depths(runs: pd.DataFrame) -> bool:
    """Whether each study of depth has a run: the figure is drawn of all or not at all."""
    return not runs.empty and set(DEPTHS) == set(runs["study"])


def rows_of(runs: pd.DataFrame) -> Rows:
    return [{str(name): value for name, value in row.items()} for row in runs.to_dict("records")]


def write(rows: Rows, folder: Path) -> None:
    files.write_text(folder / "claims.md", page(rows))
    runs = depths(rows)
    if all_depths(runs):
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
