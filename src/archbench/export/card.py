"""The model card: what an exported network is, what it can do, and how to load it.

In the Hugging Face Hub's format, with its block of metadata, so that the folder can be uploaded as
it is.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from huggingface_hub import EvalResult, ModelCardData
from markupsafe import Markup

from archbench.export.facts import Facts
from archbench.export.parity import Parity
from archbench.style import templates
from archbench.style.quantities import count, ends, flop, percent, points

HUB = {
    "cifar10": "uoft-cs/cifar10",
    "cifar100": "uoft-cs/cifar100",
    "mnist": "ylecun/mnist",
    "fashion_mnist": "zalando-datasets/fashion_mnist",
}
"""Names of the data sets on the Hub."""


def card(facts: Facts, parity: Parity, files: Mapping[str, tuple[int, str]], code: str) -> str:
    """Markdown. `files` has bytes and sha256 by name, `code` is the revision of archbench."""
    run, duplicates = facts.run, facts.duplicates
    return templates.render(
        "export",
        "card.md.j2",
        {
            "metadata": Markup(metadata(facts)),
            "run": run,
            "dataset": facts.dataset,
            "images": f"{parity.images:,}",
            "parameters": count(run.parameters),
            "seeds": facts.numbers["seeds"],
            "few_seeds": "accuracy_low" not in facts.numbers,
            "flip": facts.numbers["test_time_flip"],
            "results": results(facts.numbers),
            "others": others(run.architecture, facts.pairs),
            "parity": parity,
            "forms": [form(row) for _, row in facts.forms.iterrows()],
            "compute": flop(1e15 * run.train_petaflop),
            "settings": settings(run.hyperparameters),
            "duplicates": f"{duplicates['images']:,.0f}" if duplicates["images"] else "",
            "without": percent(duplicates["without"]),
            "on_them": percent(duplicates["on_them"]),
            "code": code,
            "files": {name: (f"{size:,}", digest) for name, (size, digest) in files.items()},
        },
    )


def metadata(facts: Facts) -> str:
    """The Hub's block of YAML. No licence: whose the weights are is the user's to say."""
    known = HUB.get(facts.dataset.name)
    accuracy = EvalResult(
        task_type="image-classification",
        dataset_type=known or facts.dataset.name,
        dataset_name=facts.dataset.title,
        dataset_split="test",
        metric_type="accuracy",
        metric_value=round(float(facts.forms["accuracy"].iloc[0]), 4),
    )
    data = ModelCardData(
        library_name="timm",
        pipeline_tag="image-classification",
        tags=["archbench", "image-classification", "onnx", "timm"],
        datasets=[known] if known else None,
        metrics=["accuracy"],
        model_name=facts.run.architecture,
        eval_results=[accuracy],
    )
    return str(data.to_yaml())


def results(numbers: Mapping[str, Any]) -> dict[str, str]:
    """Stage evaluate's figures, mean over the architecture's seeds."""
    which = "accuracy" if "accuracy_low" in numbers else "network"
    interval = ends(numbers[f"{which}_low"], numbers[f"{which}_high"])
    calibration = ends(numbers["scaled_ece_low"], numbers["scaled_ece_high"])
    return {
        "accuracy": f"{percent(numbers['accuracy'])} {interval}",
        "macro F1": percent(numbers["f1_macro"]),
        "loss": f"{numbers['scaled_loss']:.3f} nats",
        "calibration error (ECE, 15 bins)": (
            f"{percent(numbers['scaled_ece'])} {calibration}; "
            f"{percent(numbers['scaled_ece_floor'])} by chance alone"
        ),
        "answers kept if at most 1 % of them may be wrong": percent(
            numbers["coverage_at_guaranteed_risk"]
        ),
    }


def others(name: str, pairs: pd.DataFrame) -> list[dict[str, str]]:
    """A row per other architecture: this one's accuracy less the other's."""
    ahead, behind = pairs[pairs["first"] == name], pairs[pairs["second"] == name]
    turned = behind.rename(columns={"first": "second", "second": "first"}).assign(
        difference=-behind["difference"],
        low=-behind["high"],
        high=-behind["low"],
        verdict=behind["verdict"].replace("better", "worse"),
    )
    return [
        {
            "other": pair["second"],
            "difference": f"{points(pair['difference'])} {ends(pair['low'], pair['high'])}",
            "verdict": pair["verdict"],
        }
        for _, pair in pd.concat([turned, ahead]).iterrows()
    ]


def form(row: "pd.Series[Any]") -> dict[str, str]:
    """What a form of the network costs, and what its 8 bits change."""
    change = "-"
    if not pd.isna(row["difference"]):
        gap = f"{points(row['difference'], 2)} {ends(row['low'], row['high'], 2)}"
        change = f"{gap}, {row['verdict']}"
    return {
        "form": row["form"],
        "accuracy": percent(row["accuracy"]),
        "change": change,
        "latency": f"{row['latency_ms']:.2f} ms",
        "p99": f"{row['latency_p99_ms']:.2f} ms",
        "speed": f"{row['images_per_second']:,.0f}",
    }


def settings(recipe: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Those of a recipe that are on, with names such as `augmentation.crop`."""
    flat: dict[str, str] = {}
    for key, value in recipe.items():
        if isinstance(value, dict):
            flat |= settings(value, f"{prefix}{key}.")
        elif value not in (None, 0, False, "none"):
            flat[prefix + key] = f"{value}"
    return flat
