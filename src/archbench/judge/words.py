"""What a judgement says, by the report's own sentences, so that none can contradict another."""

from archbench.comparison import pairwise
from archbench.judge.findings import Findings
from archbench.report import verdict, words


def title(found: Findings) -> str:
    models = "1 model" if len(found.numbers) == 1 else f"{len(found.numbers)} models"
    return f"{models} on {found.images:,} test images"


def answer(found: Findings) -> list[str]:
    """Who has failed, what to take, and how sure that is."""
    sentences = [*verdict.failures(found.numbers), verdict.choice(found.numbers, found.pairs)]
    return sentences if found.pairs.empty else [*sentences, f"{pairwise.answer(found.pairs)}."]


def pairs(found: Findings) -> str:
    """What the intervals of the differences promise."""
    detectable = words.GLOSSARY["detectable"]
    return (
        f"{words.pairs_note(found.numbers)} Detectable: {detectable[0].lower()}{detectable[1:]}"
        f"{words.smallest(found.pairs)}"
    )
