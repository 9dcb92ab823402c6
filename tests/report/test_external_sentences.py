"""What the report says where some models were not trained here: nothing that it does not know."""

import numpy as np
import pandas as pd
import pytest
from test_verdict import ALWAYS, NUMBERS, OPEN, PAIRS, REACHED, runs

from archbench.report import captions, external, verdict, words

UNKNOWN = ["train_petaflop", "budget_petaflop", "gflops", "train_seconds", "seconds_spread"]


def outside(*names: str, seeds: int = 3) -> pd.DataFrame:
    """The rows of NUMBERS, of which `names` are external."""
    numbers = NUMBERS.assign(external=pd.Series(dict.fromkeys(names, True), dtype=object))
    numbers.loc[list(names), [*UNKNOWN, "device"]] = np.nan
    numbers.loc[list(names), "seeds"] = seeds
    return numbers


def test_who_is_external():
    assert external.external(NUMBERS) == []
    assert external.note(NUMBERS) == ""
    assert external.external(outside("a", "c")) == ["a", "c"]
    assert external.trained(outside("a", "c")).index.tolist() == ["b"]
    assert external.note(outside("a", "c")).startswith("External: a, c. Their predictions ")
    many = pd.DataFrame({"external": True}, index=list("abcdefghi"), dtype=object)
    assert external.note(many).startswith("External: a, b, c, d, e and 4 others. ")


def test_of_the_best_it_is_said_and_then_the_best_trained_here():
    apart = PAIRS.assign(low=[0.06, 0.1, 0.01])
    beyond = "by more than the luck of test images and seeds."
    assert verdict.choices(outside("a"), apart) == [
        f"{REACHED}, ahead of every other {beyond}",
        "a was trained elsewhere, under conditions that are not known here.",
        f"Of those trained here: b reaches 80.0 ± 5.0 % test accuracy, ahead of c {beyond}",
    ]
    assert len(verdict.choices(outside("c"), apart)) == 1
    alone = verdict.choices(outside("a", "b"), apart)
    assert alone[-1].endswith("c reaches 70.0 ± 10.0 % test accuracy; it ran alone.")


def test_of_those_that_cannot_be_told_apart_the_cheapest_is_named_only_if_all_are_known():
    said = verdict.choices(outside("b", "c"), OPEN)
    assert said[0] == f"a or b or c. {REACHED}, but its lead over b, c may be luck."
    assert said[1] == "b, c were trained elsewhere, under conditions that are not known here."


def test_compute_and_costs_are_of_those_trained_here():
    numbers = outside("a")
    assert verdict.certainty(numbers, PAIRS).endswith(
        " Each training here took 200 TFLOP, but for those whose recipe ends sooner: "
        "50 TFLOP for b, 1 TFLOP for c."
    )
    first, second, last = verdict.cost(numbers)
    assert first.startswith("Training b took 7.0 s a seed on GPU")
    assert second.startswith("The most accurate of those trained here that take fewer operations")
    assert last == "What the external models took is not known here."
    assert verdict.cost(outside("a", "c"))[1:] == [last]
    dear = numbers.assign(train_petaflop=[np.nan, 0.05, 0.05])
    assert verdict.cost(dear)[1] == "None trained here takes fewer operations to train."
    assert captions.cost(external.trained(numbers)).startswith("The Pareto front of training: c, b")


def test_of_a_pair_with_unlike_seeds_the_fewer_are_named():
    pairs = PAIRS.assign(seeds=1)
    said = verdict.certainty(outside("a", seeds=1), pairs)
    assert "(p = 0.002 over 3 pairs, one seed of the one with fewer)" in said
    pairs = PAIRS.assign(seeds=2)
    assert "2 seeds of the one with fewer" in verdict.certainty(outside("b", seeds=2), pairs)


@pytest.mark.parametrize("seeds", [1, 2])
def test_few_external_runs_ask_for_files_and_not_for_seeds(seeds):
    pairs = OPEN.assign(seeds=seeds, seeds_needed=np.nan)
    assert verdict.changes(outside("a", "c", seeds=seeds), pairs, runs()) == [
        "Other runs of a, c: from fewer than three each nobody knows how far another would move "
        "these figures. Name three files of each, or more, under external in params.yaml.",
        ALWAYS,
    ]
    assert verdict.changes(outside("a", "c"), PAIRS, runs()) == [ALWAYS]


def test_choices_and_margins_elsewhere_are_not_vouched_for():
    (chosen, *_) = words.limits(outside("a"), PAIRS.head(0), runs())
    assert chosen.startswith("All that is chosen here (epochs")
    assert words.missed_note(NUMBERS) == words.MISSED
    assert words.missed_note(outside("a")).endswith("without probabilities have no margin.")
