"""What the report says, as plain data: the same for the page and for its Markdown twin."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from archbench.base.records import DatasetRecord, RunRecord

MANY = 20
"""Classes beyond which a figure cannot name each."""


FEWEST_SEEDS = 3
"""With fewer, all that is said is of the trained networks, whatever another seed would give."""


def answer(numbers: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """Who is ahead, and whether another try could turn it round; first of all, who guesses."""
    return f"{_guessers(numbers)}{_answer(numbers, pairs)}"


def _guessers(numbers: pd.DataFrame) -> str:
    """A network at chance has learned nothing, and what else is said of it means little."""
    if "at_chance" not in numbers:
        return ""
    lines = numbers["at_chance"].dropna()
    return "".join(f"{name} has learned nothing: {line}. " for name, line in lines.items())


def _answer(numbers: pd.DataFrame, pairs: pd.DataFrame) -> str:
    if pairs.empty:
        return f"{_reached(numbers, numbers.index[0])}; it ran alone."
    pair = pairs.iloc[0]  # of the best and the second best
    lead, low, high = (100 * pair[end] for end in ("difference", "low", "high"))
    won = _reached(numbers, pair["first"])
    ahead = f"{won}, {lead:.1f} points [{low:.1f}, {high:.1f}] ahead of {pair['second']}"
    turn = "; another seed could turn it round" if pair["seeds"] < FEWEST_SEEDS else ""
    given, other = (training(numbers.loc[pair[name]]) for name in ("first", "second"))
    unequal = "" if given == other else f" It trained on {given} images, not {other}."
    return f"{ahead}: {pair['verdict']}{turn} ({evidence(pair, len(pairs))}).{unequal}"


def _reached(numbers: pd.DataFrame, name: str) -> str:
    return f"{name} reaches {interval(numbers.loc[name])} test accuracy"


def evidence(pair: Any, pairs: int) -> str:
    """p is corrected for all pairs, and from three seeds on for every look at added ones."""
    luck = "p < 0.001" if pair["p"] < 0.001 else f"p = {pair['p']:.3f}"
    over = f" over {pairs} pairs" if pairs > 1 else ""
    seeds = "one seed each" if pair["seeds"] == 1 else f"{pair['seeds']} seeds each"
    return f"{luck}{over}, {seeds}"


def training(row: Any) -> str:
    """Images × epochs."""
    return f"{row['train_images']:,.0f} × {row['epochs']:.0f}"


def ends(row: Any) -> tuple[float, float]:
    """Of an accuracy's interval: the architecture's, or with few seeds that of its networks."""
    name = "network" if row["seeds"] < FEWEST_SEEDS else "accuracy"
    return row[f"{name}_low"], row[f"{name}_high"]


def interval(row: Any) -> str:
    """An accuracy with the distance to the further end of its interval, in percent."""
    low, high = ends(row)
    further = max(row["accuracy"] - low, high - row["accuracy"])
    return f"{100 * row['accuracy']:.1f} ± {100 * further:.1f} %"


def accuracy_title(numbers: pd.DataFrame) -> str:
    """Whose accuracy a table or a figure shows: what its interval is about."""
    seeds = numbers["seeds"].min()
    if seeds >= FEWEST_SEEDS:
        return "test accuracy"
    return "test accuracy of this network" if seeds == 1 else "test accuracy of these networks"


def accuracy_note(numbers: pd.DataFrame) -> str:
    """What the interval of an accuracy covers."""
    if numbers["seeds"].min() >= FEWEST_SEEDS:
        return (
            "The interval is for other test images of the kind and other seeds, of one "
            "architecture by itself and of this number of seeds; sd is that of the seeds."
        )
    return (
        "The interval is for other test images of the kind and these trained networks. What other "
        "seeds would give is not known from fewer than three."
    )


def pairs_note(numbers: pd.DataFrame) -> str:
    """What the intervals of the differences promise, and how the verdicts follow from them."""
    promise = "In 95 % of such reports every interval holds its true difference,"
    if numbers["seeds"].min() >= FEWEST_SEEDS:
        return (
            f"{promise} for other test images and other seeds, however many pairs there are and "
            "however often seeds are added and looked at. Better: the interval leaves out 0. "
            "Equal: it lies within the margin of params.yaml. The p is the least error rate at "
            "which it would leave out 0."
        )
    return (
        f"{promise} for other test images and these trained networks, however many pairs there "
        "are. These networks differ: the interval leaves out 0; another seed could turn it round. "
        "Three seeds each are the fewest that say something of the architectures."
    )


def conditions(
    dataset: DatasetRecord, runs: list[RunRecord], numbers: pd.DataFrame
) -> dict[str, str]:
    """What was run, once for all; several values where the runs differ."""
    images = {kind: _values(runs, f"{kind}_images") for kind in ("train", "validation")}
    images["test"] = str(numbers["test_images"].max())
    counts = ", ".join(f"{number} {kind}" for kind, number in images.items())
    return {
        "data set": f"{dataset.title}: {counts} images",
        "recipes": _values(runs, "recipe"),
        "budget": _values(runs, "budget"),
        "seeds": _values(runs, "seed"),
        "weights": "of the epoch with the best validation accuracy",
        "prediction": _prediction(numbers),
        "device": f"{_values(runs, 'device')}, {_values(runs, 'threads')} threads",
        "precision": _values(runs, "precision"),
        **{name: _versions(runs, name) for name in runs[0].versions},
    }


def _prediction(numbers: pd.DataFrame) -> str:
    if numbers["test_time_flip"].any():
        return "the mean over each test image and its mirror image"
    return "from each test image as it is"


def _values(runs: list[RunRecord], key: str) -> str:
    return ", ".join(dict.fromkeys(f"{getattr(run, key)}" for run in runs))


def _versions(runs: list[RunRecord], name: str) -> str:
    return ", ".join(dict.fromkeys(run.versions[name] for run in runs))


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


def limits(numbers: pd.DataFrame, pairs: pd.DataFrame, runs: list[RunRecord]) -> list[str]:
    """What the numbers cannot say."""
    said = [
        "All that is chosen (epochs, temperatures, thresholds) is chosen on validation images. "
        "Test images only judge."
    ]
    if numbers["seeds"].min() < FEWEST_SEEDS:
        said.append(
            "Fewer than three seeds each: intervals and verdicts are of these trained networks, "
            "and nothing here says how far another seed would move a figure. Run three seeds or "
            "more before you prefer an architecture." + smallest(pairs)
        )
    else:
        said.append(
            "Intervals are for other test images of the same kind and other seeds. They are not "
            "for another split, other recipes or other data." + smallest(pairs)
        )
    if any(run.budget == "quick" for run in runs):
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
    smallest, largest = (100 * pairs["detectable"].agg(end) for end in ("min", "max"))
    found = (
        f" A true difference below {_range(smallest, largest)} points, depending on the pair, "
        "would be missed more than once in five tries."
    )
    if pairs["floor"].isna().all():
        return found
    least, most = (100 * pairs["floor"].agg(end) for end in ("min", "max"))
    return found + (
        f" On so many test images no number of seeds brings that below {_range(least, most)} "
        "points."
    )


def _range(low: float, high: float) -> str:
    return f"{low:.1f}" if f"{low:.1f}" == f"{high:.1f}" else f"{low:.1f} to {high:.1f}"
