"""The model card: what an exported network is, what it can do, and how to load it.

In the Hugging Face Hub's format, with its block of metadata, so that the folder can be uploaded as
it is.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from huggingface_hub import EvalResult, ModelCardData
from markupsafe import Markup

from archbench.comparison.pairwise import BETTER, Difference
from archbench.evaluation.uncertainty import FEWEST_SEEDS
from archbench.export.folder import Checks
from archbench.export.inputs import Inputs
from archbench.style import templates
from archbench.style.quantities import count, ends, flop, percent, points

HUB = {
    "cifar10": "uoft-cs/cifar10",
    "cifar100": "uoft-cs/cifar100",
    "mnist": "ylecun/mnist",
    "fashion_mnist": "zalando-datasets/fashion_mnist",
}
"""Names of the data sets on the Hub."""


def card(inputs: Inputs, checks: Checks, files: Mapping[str, tuple[int, str]], code: str) -> str:
    """Markdown. `files` has bytes and sha256 by name, `code` is the revision of archbench."""
    run = inputs.run
    return templates.render(
        "export",
        "card.md.j2",
        {
            "metadata": Markup(metadata(inputs, checks)),
            "run": run,
            "dataset": inputs.dataset,
            "images": f"{checks.parity.images:,}",
            "parameters": count(run.parameters),
            "seeds": inputs.numbers["seeds"],
            "fewest": FEWEST_SEEDS,
            "flip": inputs.numbers["test_time_flip"],
            "results": results(inputs.numbers) | exported(checks),
            "others": others(run.architecture, inputs.pairs),
            "equal": f"{checks.parity.equal_classes:,}",
            "largest": f"{checks.parity.largest_difference:.1e}",
            "int8": change(checks.int8),
            "compute": flop(1e15 * run.train_petaflop),
            "settings": settings(run.hyperparameters),
            "duplicates": f"{inputs.duplicates['images']:,.0f}" if _has_duplicates(inputs) else "",
            "without": percent(inputs.duplicates["without"]),
            "on_them": percent(inputs.duplicates["on_them"]),
            "code": code,
            "files": {
                name: (f"{size / 1e6:.1f} MB", digest) for name, (size, digest) in files.items()
            },
        },
    )


def _has_duplicates(inputs: Inputs) -> bool:
    return bool(inputs.duplicates["images"])


def metadata(inputs: Inputs, checks: Checks) -> str:
    """The Hub's block of YAML. No licence: whose the weights are is the user's to say."""
    known = HUB.get(inputs.dataset.name)
    accuracy = EvalResult(
        task_type="image-classification",
        dataset_type=known or inputs.dataset.name,
        dataset_name=inputs.dataset.title,
        dataset_split="test",
        metric_type="accuracy",
        metric_value=round(checks.accuracy, 4),
    )
    data = ModelCardData(
        library_name="timm",
        pipeline_tag="image-classification",
        tags=["archbench", "image-classification", "onnx", "timm"],
        datasets=[known] if known else None,
        metrics=["accuracy"],
        model_name=inputs.run.architecture,
        eval_results=[accuracy],
    )
    return str(data.to_yaml())


def results(numbers: Mapping[str, Any]) -> dict[str, str]:
    """Stage evaluate's figures, mean over the architecture's seeds."""
    which = "network" if numbers["seeds"] < FEWEST_SEEDS else "accuracy"
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


def exported(checks: Checks) -> dict[str, str]:
    """The accuracies of the files themselves."""
    return {
        "accuracy of model.onnx": percent(checks.accuracy),
        "accuracy of model.int8.onnx": percent(checks.int8_accuracy),
    }


def others(name: str, pairs: pd.DataFrame) -> list[dict[str, str]]:
    """A row per other architecture: this one's accuracy less the other's."""
    return [
        {
            "other": other,
            "difference": f"{points(sign * pair['difference'])} {ends(*interval)}",
            "verdict": "worse" if pair["verdict"] == BETTER and sign < 0 else pair["verdict"],
        }
        for _, pair in pairs.iterrows()
        for one, other, sign in (
            (pair["first"], pair["second"], 1),
            (pair["second"], pair["first"], -1),
        )
        if one == name
        for interval in (sorted((sign * pair["low"], sign * pair["high"])),)
    ]


def change(int8: Difference) -> str:
    """What 8 bits cost, in points of accuracy, and the verdict."""
    gap = f"{points(int8.difference, 2)} points {ends(int8.low, int8.high, 2)}"
    return f"{gap}, {int8.verdict}"


def settings(recipe: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Those of a recipe that are on, with names such as `augmentation.crop`."""
    flat: dict[str, str] = {}
    for key, value in recipe.items():
        if isinstance(value, dict):
            flat |= settings(value, f"{prefix}{key}.")
        elif value not in (None, 0, False, "none"):
            flat[prefix + key] = f"{value}"
    return flat
