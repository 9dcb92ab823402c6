"""What the report says, as plain data: the same for the page and for its Markdown twin."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

Run = dict[str, Any]

MANY = 20
"""Classes beyond which a figure cannot name each."""


def answer(numbers: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """One sentence: who is ahead, and whether another try could turn it round."""
    if pairs.empty:
        return f"{_reached(numbers, numbers.index[0])}; it ran alone."
    pair = pairs.iloc[0]  # of the best and the second best
    lead, low, high = (100 * pair[end] for end in ("difference", "low", "high"))
    won = _reached(numbers, pair["first"])
    ahead = f"{won}, {lead:.1f} points [{low:.1f}, {high:.1f}] ahead of {pair['second']}"
    given, other = (training(numbers.loc[pair[name]]) for name in ("first", "second"))
    unequal = "" if given == other else f" It trained on {given} images, not {other}."
    return f"{ahead}: {pair['verdict']} ({evidence(pair)}).{unequal}"


def _reached(numbers: pd.DataFrame, name: str) -> str:
    return f"{name} reaches {interval(numbers.loc[name])} test accuracy"


def evidence(pair: Any) -> str:
    p = pair["p_holm"]
    corrected = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    seeds = "one seed each" if pair["seeds"] == 1 else f"{pair['seeds']} seeds each"
    return f"{corrected} after Holm's correction, {seeds}"


def training(row: Any) -> str:
    """Images × epochs."""
    return f"{row['train_images']:,.0f} × {row['epochs']:.0f}"


def interval(row: Any) -> str:
    """An accuracy with the distance to the further end of its interval, in percent."""
    further = max(row["accuracy"] - row["accuracy_low"], row["accuracy_high"] - row["accuracy"])
    return f"{100 * row['accuracy']:.1f} ± {100 * further:.1f} %"


def conditions(dataset: dict[str, Any], runs: list[Run], numbers: pd.DataFrame) -> dict[str, str]:
    """What was run, once for all; several values where the runs differ."""
    images = {kind: _values(runs, f"{kind}_images") for kind in ("train", "validation")}
    images["test"] = str(numbers["test_images"].max())
    counts = ", ".join(f"{number} {kind}" for kind, number in images.items())
    return {
        "data set": f"{dataset['title']}: {counts} images",
        "recipes": _values(runs, "recipes"),
        "budget": _values(runs, "budget"),
        "seeds": _values(runs, "seed"),
        "weights": "of the epoch with the best validation accuracy",
        "prediction": _prediction(numbers),
        "device": f"{_values(runs, 'device')}, {_values(runs, 'threads')} threads",
        "precision": _values(runs, "precision"),
        **{name: _versions(runs, name) for name in runs[0]["versions"]},
    }


def _prediction(numbers: pd.DataFrame) -> str:
    if numbers["test_time_flip"].any():
        return "the mean over each test image and its mirror image"
    return "from each test image as it is"


def _values(runs: list[Run], key: str) -> str:
    return ", ".join(dict.fromkeys(f"{run[key]}" for run in runs))


def _versions(runs: list[Run], name: str) -> str:
    return ", ".join(dict.fromkeys(run["versions"][name] for run in runs))


def confusion_note(classes: Sequence[str]) -> str:
    """How the matrices are to be read."""
    if len(classes) <= 12:
        return "Percent of each actual class; a cell without a number rounds to 0."
    if len(classes) <= MANY:
        return "The darker, the larger the share of the actual class."
    return (
        f"{len(classes)} classes, of which some are named. The square root of its share of the "
        "actual class shades a cell: half as dark is a quarter as often."
    )


def limits(numbers: pd.DataFrame, pairs: pd.DataFrame, runs: list[Run]) -> list[str]:
    """What the numbers cannot say."""
    said = [
        "All that is chosen (epochs, temperatures, thresholds) is chosen on validation images. "
        "Test images only judge."
    ]
    if numbers["seeds"].max() == 1:
        said.append(
            "One seed each: intervals and verdicts are of these trained models, and nothing here "
            "says how far another seed would move a figure. Add seeds before you believe a small "
            "difference." + smallest(pairs)
        )
    else:
        said.append(
            "Intervals of an accuracy are Student's t over the seeds, on these test images. Those "
            "of a difference cover seeds and test images." + smallest(pairs)
        )
    if any(run["budget"] == "quick" for run in runs):
        said.append(
            "The quick budget caps epochs, images and regularisation, but for recipes "
            "made for it: it shows what minutes can do, not how good architectures become, and "
            "not under the same conditions. The columns on training say what each was given."
        )
    return said


def smallest(pairs: pd.DataFrame) -> str:
    """The gap that a comparison could detect, which is no gap that it did not."""
    if pairs.empty:
        return ""
    least, most = (100 * pairs["detectable"].agg(end) for end in ("min", "max"))
    return (
        f" A true difference below {least:.1f} to {most:.1f} points, depending on the pair, would "
        "be missed more than once in five tries."
    )
