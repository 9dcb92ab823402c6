"""Which of two architectures is better, if other test images and other seeds had been drawn?

All that a page says of its pairs follows from one interval for each pair, so that no two of its
statements can contradict each other. The intervals hold together, in 95 % of such reports:

- over all pairs: each has 1/m of the error rate (Bonferroni), and so has each pair's p;
- however long seeds are added: with S seeds a pair spends 2/(S(S-1)) of its rate on the seeds.
  Those shares of S = 3, 4, … sum to one, so a reader may look after every seed, and stop when
  the verdict pleases (alpha spending, Lan & DeMets 1983, by the union bound).

Fewer than three seeds say nothing about other seeds. Then what is compared is the trained networks,
on other images of the kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from archbench.comparison import planning
from archbench.evaluation import uncertainty
from archbench.evaluation.uncertainty import FEWEST_SEEDS, LEVEL, Array, Layout

BETTER, DIFFER, UNDECIDED = "better", "these networks differ", "not decided"


@dataclass(frozen=True, slots=True)
class Difference:
    """First minus second, as fractions of the test images."""

    seeds: int
    """Of the one that has fewer."""
    difference: float
    low: float
    high: float
    p: float
    """The least error rate, over all pairs and all looks, at which the interval leaves out 0."""
    detectable: float
    """The true difference that a comparison like this one would find four times in five."""
    floor: float | None
    """What `detectable` comes down to as seeds are added: more test images alone would lower it."""
    seeds_needed: float | None
    """At which a true difference as large as this one would be found four times in five.

    Infinite where no number is enough. None with fewer than three, whose spread is unknown.
    """
    verdict: str


def compare(first: Array, second: Array, margin: float, pairs: int = 1) -> Difference:
    """Of arrays (images, seeds), one of `pairs` comparisons on a page.

    `margin` is the largest difference, as a fraction, that is practically none.
    """
    layout = uncertainty.of_difference(first, second)
    low, high = interval(layout, LEVEL, pairs)
    seeds, gap = min(layout.seeds), float(first.mean() - second.mean())
    return Difference(
        seeds,
        gap,
        float(low),
        float(high),
        p_value(layout, pairs),
        planning.detectable(layout, pairs),
        planning.floor(layout, pairs) if seeds >= FEWEST_SEEDS else None,
        planning.seeds_needed(layout, pairs, gap) if seeds >= FEWEST_SEEDS else None,
        verdict(float(low), float(high), margin, seeds),
    )


def interval(layout: Layout, level: float, pairs: int) -> tuple[Array, Array]:
    """One of `pairs` that hold together at error rate `level`, however many seeds are added."""
    half = planning.half_width(layout, level, pairs)
    return np.clip(layout.estimate - half, -1, 1), np.clip(layout.estimate + half, -1, 1)


def p_value(layout: Layout, pairs: int) -> float:
    """The level at which an end of the interval is 0."""
    distance = abs(float(layout.estimate))

    def beyond(log_level: float) -> float:
        return float(planning.half_width(layout, np.exp(log_level), pairs)) - distance

    if distance == 0 or beyond(0.0) >= 0:
        return 1.0
    smallest = float(np.log(np.finfo(float).tiny)) + 100  # tails of so little are exact enough
    return float(np.exp(brentq(beyond, smallest, 0.0))) if beyond(smallest) > 0 else 0.0


def verdict(low: float, high: float, margin: float, seeds: int) -> str:
    """Read off the interval: two one-sided tests for equality (Schuirmann 1987), at half its level.

    A difference that is sure and small is "better": the interval says how small.
    """
    if low > 0 or high < 0:
        return BETTER if seeds >= FEWEST_SEEDS else DIFFER
    if -margin < low and high < margin:
        who = "equal" if seeds >= FEWEST_SEEDS else "these networks are equal"
        return f"{who} within ±{100 * margin:g} points"
    return UNDECIDED


def sentence(pair: Difference) -> str:
    """A comparison in one line: the first against the second."""
    gap, low, high = (100 * share for share in (pair.difference, pair.low, pair.high))
    verdict = pair.verdict
    if verdict == BETTER:
        verdict = "better" if gap > 0 else "worse"
    if verdict == DIFFER:
        verdict += "; another seed could turn it round"
    seeds = "one seed" if pair.seeds == 1 else f"{pair.seeds} seeds"
    luck = "p < 0.001" if pair.p < 0.001 else f"p = {pair.p:.3f}"
    return f"{gap:+.2f} points [{low:+.2f}, {high:+.2f}], {verdict} ({luck}, {seeds})"


def answer(pairs: pd.DataFrame) -> str:
    """What `table` says of the two architectures with the highest accuracies, in one line."""
    if pairs.empty:
        return "one architecture alone: nothing to compare"
    first, second, *values = next(pairs.itertuples(index=False))
    return f"{first} against {second}: {sentence(Difference(*values))}"


def table(outcomes: Mapping[str, Array], margin: float) -> pd.DataFrame:
    """A row per pair of architectures, the one with the higher accuracy first."""
    ranked = sorted(outcomes, key=lambda name: (-outcomes[name].mean(), name))
    pairs = list(combinations(ranked, 2))
    rows = [
        {"first": one, "second": other}
        | asdict(compare(outcomes[one], outcomes[other], margin, len(pairs)))
        for one, other in pairs
    ]
    return pd.DataFrame(rows, columns=["first", "second", *Difference.__slots__])


def ranks(pairs: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The ranks that each architecture may have; all sets hold together, in 95 % of such reports.

    From the pairs' simultaneous intervals (Mogstad, Romano, Shaikh & Wilhelm 2024, "Inference for
    Ranks"): as many are ahead of it as are better, and behind it as are worse.
    """
    decided = pairs[pairs["low"] > 0]
    ahead, behind = decided["second"].value_counts(), decided["first"].value_counts()
    rows = [(name, 1 + ahead.get(name, 0), len(names) - behind.get(name, 0)) for name in names]
    return pd.DataFrame(rows, columns=["architecture", "best_rank", "worst_rank"])
