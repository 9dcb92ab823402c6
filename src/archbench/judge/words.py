"""What a judgement says, by the report's own sentences, so that none can contradict another."""

from collections.abc import Callable

import pandas as pd

from archbench.comparison import pairwise
from archbench.judge.findings import Findings
from archbench.report import verdict, words
from archbench.report.words import FEWEST_SEEDS, accuracy_note, accuracy_title, pairs_note


def title(found: Findings) -> str:
    models = "1 model" if len(found.numbers) == 1 else f"{len(found.numbers)} models"
    return f"{models} on {found.images:,} test images"


def answer(found: Findings) -> list[str]:
    """Who has failed, what to take, and how sure that is."""
    sentences = [*verdict.failures(found.numbers), verdict.choice(found.numbers, found.pairs)]
    return sentences if found.pairs.empty else [*sentences, f"{pairwise.answer(found.pairs)}."]


def accuracy(numbers: pd.DataFrame) -> str:
    """Whose accuracy a table or a figure shows."""
    return "test accuracy" if _mixed(numbers) else accuracy_title(numbers)


def accuracies(numbers: pd.DataFrame) -> str:
    """What the intervals of the accuracies cover."""
    return _of_each_kind("Models", accuracy_note, numbers)


def pairs(found: Findings) -> str:
    """What the intervals of the differences promise."""
    detectable = words.GLOSSARY["detectable"]
    note = _of_each_kind("Pairs of models", pairs_note, found.numbers)
    return (
        f"{note} Detectable: {detectable[0].lower()}{detectable[1:]}{words.smallest(found.pairs)}"
    )


def _of_each_kind(who: str, note: Callable[[pd.DataFrame], str], numbers: pd.DataFrame) -> str:
    """With few runs other things hold than with three, so where there are both, both are said."""
    if not _mixed(numbers):
        return note(numbers)
    few = numbers["seeds"] < FEWEST_SEEDS
    return (
        f"{who} with three runs or more each: {note(numbers[~few])} The others: "
        f"{note(numbers[few])}"
    )


def _mixed(numbers: pd.DataFrame) -> bool:
    few = numbers["seeds"] < FEWEST_SEEDS
    return bool(few.any() and not few.all())
