"""What the report says, as plain data: the same for the page and for its Markdown twin."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import pandas as pd

from archbench.base.records import RunRecord
from archbench.report.external import external
from archbench.style import quantities
from archbench.style.quantities import percent, points

Row: TypeAlias = "pd.Series[Any]"
"""An architecture's numbers, or a pair's."""
MANY = 20
"""Classes beyond which a figure cannot name each."""
FEWEST_SEEDS = 3
"""With fewer, all that is said is of the trained networks, whatever another seed would give."""
DISTURBED = 2.0
"""The slowest epoch's time over the fastest's, from which on other work is to blame."""

COSTS = (
    "A multiply-accumulate counts as two operations; training counts forward and backward passes. "
    "Times are of this device, operations of any. Images/s: of the median step. Memory: the most "
    f"that training held. Disturbed: one epoch took over {DISTURBED:.0f} times as long as another "
    "for as many pixels, so other work was on the machine."
)
ENERGY = (
    "Energy: what the counters of the processor and of the GPU say of the training's steps, the "
    "work of other processes included."
)
MISSED = (
    "No run of any architecture and seed gives them their label. A wrong label is one possible "
    "reason; an image that is hard for all of them is another. Margin: the label's probability "
    "less the guess's, mean over runs. The lowest come first; all are in "
    "metrics/details/missed_by_all.csv and, as far as there is room, in the gallery."
)
GLOSSARY = {
    "accuracy": "The share of the test images that get their label, mean over seeds.",
    "± and [ , ]": "The distance to the further end of a 95 % interval, and both of its ends.",
    "points": "Percentage points: a hundredth of the test images each.",
    "seed": "The number from which a training run draws all its random choices.",
    "rank": "The ranks that the intervals of the differences leave open, all architectures "
    "together.",
    "loss": "The cross-entropy of the labels, in nats: 0 where each is predicted with certainty.",
    "macro F1": "The harmonic mean of a class's precision and recall, mean over classes.",
    "Pareto front": "An architecture is on it if none that costs as much or less is more accurate.",
    "FLOP": "One floating-point operation. M, G, T and P stand for 10⁶, 10⁹, 10¹² and 10¹⁵.",
    "detectable": "The true difference that would be found four times in five.",
    "ECE": "Expected calibration error: how far confidence and accuracy lie apart, mean over 15 "
    "bins of equal width, each by its share of the predictions.",
    "scaled ECE": "The ECE after temperature scaling.",
    "temperature": "What the logits are divided by, fitted on the validation images.",
    "ECE by chance": "What a perfectly calibrated network with these confidences would show on "
    "average.",
    "Brier": "The squared distance of the probabilities from the label: from 0 to 2.",
    "coverage": "The share of the predictions that is kept, the surest first.",
    "risk": "The share of mistakes among what is kept.",
    "AURC": "The area under the curve of risk over coverage.",
}
"""The terms of the page, in the order in which they come up."""


def p_value(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def training(row: Row) -> str:
    """Images × epochs."""
    return f"{row['train_images']:,.0f} × {row['epochs']:.0f}"


def ends(row: Row) -> tuple[float, float]:
    """Of an accuracy's interval: the architecture's, or with few seeds that of its networks."""
    name = "network" if row["seeds"] < FEWEST_SEEDS else "accuracy"
    return row[f"{name}_low"], row[f"{name}_high"]


def interval(row: Row) -> str:
    """An accuracy with the distance to the further end of its interval, in percent."""
    low, high = ends(row)
    further = max(row["accuracy"] - low, high - row["accuracy"])
    return f"{points(row['accuracy'])} ± {points(further)} %"


def costs_note(numbers: pd.DataFrame) -> str:
    """What the table of costs counts, and how."""
    return f"{COSTS} {ENERGY}" if counts_energy(numbers) else COSTS


def counts_energy(numbers: pd.DataFrame) -> bool:
    """Whether some architecture's was counted."""
    return "energy_joules" in numbers and bool(numbers["energy_joules"].notna().any())


def calibration_titles(numbers: pd.DataFrame) -> dict[str, str]:
    """Of each architecture's reliability diagram."""
    return {str(name): _calibration_title(row) for name, row in numbers.iterrows()}


def _calibration_title(row: Row) -> str:
    error, floor = percent(row["scaled_ece"]), percent(row["scaled_ece_floor"])
    interval = quantities.ends(row["scaled_ece_low"], row["scaled_ece_high"])
    return f"{row.name}\nscaled ECE {error} {interval}, by chance {floor}"


def missed_note(numbers: pd.DataFrame) -> str:
    """Which images every run misses, and what a margin is."""
    if not external(numbers):
        return MISSED
    return f"{MISSED} Runs of external models count; those without probabilities have no margin."


def accuracy_title(numbers: pd.DataFrame) -> str:
    """Whose accuracy a table or a figure shows: what its interval is about."""
    seeds = numbers["seeds"].max()
    if seeds >= FEWEST_SEEDS:
        return "test accuracy"
    return "test accuracy of this network" if seeds == 1 else "test accuracy of these networks"


def accuracy_note(numbers: pd.DataFrame) -> str:
    """What the interval of an accuracy covers."""
    if mixed(numbers):
        return _of_each_kind("Models", accuracy_note, numbers)
    if numbers["seeds"].min() >= FEWEST_SEEDS:
        return (
            "The interval is for other test images of the kind and other seeds, of one "
            "architecture by itself and of this number of seeds; sd is that of the seeds."
        )
    return (
        "The interval is for other test images of the kind and these trained networks. What other "
        "seeds would give is not known from fewer than three."
    )


def mixed(numbers: pd.DataFrame) -> bool:
    """Whether some have three seeds or more and some fewer: external models may have other runs."""
    few = numbers["seeds"] < FEWEST_SEEDS
    return bool(few.any() and not few.all())


def _of_each_kind(who: str, note: Callable[[pd.DataFrame], str], numbers: pd.DataFrame) -> str:
    """With few runs other things hold than with three, so where there are both, both are said."""
    few = numbers["seeds"] < FEWEST_SEEDS
    return (
        f"{who} with three runs or more each: {note(numbers[~few])} The others: "
        f"{note(numbers[few])}"
    )


def pairs_note(numbers: pd.DataFrame) -> str:
    """What the intervals of the differences promise, and how the verdicts follow from them."""
    if mixed(numbers):
        return _of_each_kind("Pairs of models", pairs_note, numbers)
    promise = "In 95 % of such reports every interval holds its true difference,"
    if numbers["seeds"].min() >= FEWEST_SEEDS:
        return (
            f"{promise} for other test images and other seeds, however many pairs there are and "
            "however often seeds are added and looked at. Better: the interval leaves out 0. "
            "Equal: it lies within the margin that the verdict names. The p is the least error "
            "rate at which it would leave out 0."
        )
    return (
        f"{promise} for other test images and these trained networks, however many pairs there "
        "are. These networks differ: the interval leaves out 0; another seed could turn it round. "
        "Three seeds each are the fewest that say something of the architectures."
    )


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
    here = " here" if external(numbers) else ""
    said = [
        f"All that is chosen{here} (epochs, temperatures, thresholds) is chosen on validation "
        "images. Test images only judge."
    ]
    if mixed(numbers):
        said.append(
            "With fewer than three seeds each, intervals and verdicts are of these trained "
            "networks, and nothing here says how far another seed would move a figure. The others "
            "are for other test images of the same kind and other seeds. None is for another "
            "split, other recipes or other data." + smallest(pairs)
        )
    elif numbers["seeds"].min() < FEWEST_SEEDS:
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
            "The quick budget gives every architecture the same training compute, and no more "
            "augmentation than crop and flip. It shows what minutes can do, not how good "
            "architectures become: with more compute the order may be another."
        )
    return said


def smallest(pairs: pd.DataFrame) -> str:
    """The gap that a comparison could detect, which is no gap that it did not."""
    if pairs.empty:
        return ""
    detectable = _range(pairs["detectable"])
    found = (
        f" A true difference below {detectable} points, depending on the pair, "
        "would be missed more than once in five tries."
    )
    if pairs["floor"].isna().all():
        return found
    return found + (
        f" On so many test images no number of seeds brings that below {_range(pairs['floor'])} "
        "points."
    )


def _range(shares: pd.Series) -> str:
    """Of the smallest and the largest, in points."""
    low, high = points(shares.min()), points(shares.max())
    return low if low == high else f"{low} to {high}"
