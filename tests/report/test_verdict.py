"""What the report comes to: true with one seed and with three, for one architecture and for many,
for networks that have learned nothing and for those that cannot be told apart."""

import example_records
import pandas as pd
import pytest
import synthetic

from archbench.comparison import pairwise
from archbench.report import verdict

TWO = {"fast": 3.0, "slow": 0.3}
NUMBERS = pd.DataFrame(
    {
        "accuracy": [0.9, 0.8, 0.7],
        "accuracy_low": [0.87, 0.75, 0.6],
        "accuracy_high": [0.91, 0.83, 0.8],
        "network_low": [0.89, 0.78, 0.6],
        "network_high": [0.92, 0.81, 0.8],
        "seeds": 3,
        "train_images": 45000,
        "epochs": 30,
        "train_petaflop": [0.2, 0.05, 0.001],
        "budget_petaflop": 0.2,
        "gflops": [0.066, 0.002, 3.0],
        "train_seconds": [658.0, 7.0, 9000.0],
        "seconds_spread": [2.0, 2.1, 1.0],
        "device": "GPU",
    },
    index=["a", "b", "c"],
)
BOTH = NUMBERS.head(2)
PAIRS = pd.DataFrame(
    [
        {
            "first": "a", "second": "b", "difference": 0.1, "low": 0.06, "high": 0.15, "p": 0.002,
            "seeds": 3, "verdict": "better", "seeds_needed": 2.0,
        },
        {
            "first": "a", "second": "c", "difference": 0.2, "low": 0.1, "high": 0.3, "p": 0.5,
            "seeds": 3, "verdict": "better", "seeds_needed": 2.0,
        },
        {
            "first": "b", "second": "c", "difference": 0.1, "low": -0.4, "high": 0.6, "p": 0.5,
            "seeds": 3, "verdict": "not decided", "seeds_needed": 9.0,
        },
    ]
)  # fmt: skip
NONE = PAIRS.head(0)
OPEN = PAIRS.assign(low=[-0.01, -0.02, -0.4], verdict="not decided")
REACHED = "a reaches 90.0 ± 3.0 % test accuracy"
ALWAYS = "Another split, other recipes or other data: no interval here covers them."


def runs(budget: str = "full") -> list:
    return [example_records.run(budget=budget)]


def answer(results) -> str:
    return verdict.answer(results.numbers, results.tables["pairwise"])


def test_the_best_is_taken_and_the_luck_that_it_is_beyond_is_named():
    beyond = f"{REACHED}, ahead of every other by more than the luck of test images"
    assert verdict.choice(NUMBERS, PAIRS) == f"{beyond} and seeds."
    few = NUMBERS.assign(seeds=[3, 2, 3])
    assert verdict.choice(few, PAIRS) == f"{beyond}."
    two = verdict.choice(BOTH, PAIRS.head(1))
    assert two == f"{REACHED}, ahead of b by more than the luck of test images and seeds."


def test_what_cannot_be_told_from_the_best_may_be_taken_and_the_cheapest_is_named():
    assert verdict.choice(NUMBERS, OPEN) == (
        f"a or b or c. {REACHED}, but its lead over b, c may be luck. Of these, c takes the fewest "
        "operations to train."
    )
    edge = PAIRS.assign(low=[0.0, 0.1, -0.4])
    assert verdict.choice(NUMBERS, edge).startswith("a or b. ")
    alike = verdict.choice(NUMBERS.assign(train_petaflop=[1.0, 0.96, 1.0]), OPEN)
    assert alike == f"a or b or c. {REACHED}, but its lead over b, c may be luck."


def test_of_many_rivals_the_number_and_the_first_names_are_said_once():
    names = list("abcdefghijkl")
    numbers = NUMBERS.head(1).loc[["a"] * len(names)].set_axis(names)
    pairs = OPEN.head(1).loc[[0] * (len(names) - 1)].assign(second=names[1:])
    assert verdict.choice(numbers, pairs) == (
        f"a, or one of 11 others that are not told apart from it. {REACHED}, but its lead over "
        "b, c, d, e, f and 6 others may be luck."
    )
    four = verdict.choice(numbers.head(5), pairs.head(4))
    assert four.startswith("a or b or c or d or e. ")


def test_of_many_recipes_that_end_sooner_the_range_is_said():
    numbers = NUMBERS.head(1).loc[["a"] * 12].set_axis(list("abcdefghijkl"))
    numbers = numbers.assign(train_petaflop=[0.2, *(0.001 * taken for taken in range(1, 12))])
    assert verdict.compute(numbers).endswith(
        "but for those whose recipe ends sooner: 1 TFLOP to 11 TFLOP (11 architectures)."
    )


def test_one_alone_is_compared_with_nothing():
    assert verdict.choice(NUMBERS.head(1), NONE) == f"{REACHED}; it ran alone."
    assert verdict.certainty(NUMBERS.head(1), NONE) == "There is nothing to compare it with."
    assert len(verdict.cost(NUMBERS.head(1))) == 1


def test_a_network_at_chance_is_named_first_and_never_taken():
    why = "with seed 0, it predicts one class"
    one = NUMBERS.assign(at_chance=pd.Series([None, why, None], NUMBERS.index))
    assert verdict.failures(one) == [f"b has a network that learned nothing: {why}."]
    assert verdict.choice(one, PAIRS).startswith(REACHED)
    assert verdict.answer(one, PAIRS).startswith("b has a network that learned nothing: ")
    best = NUMBERS.assign(at_chance=pd.Series([why, None, None], NUMBERS.index))
    assert verdict.choice(best, PAIRS) == (
        f"None yet: even a has a network that learned nothing. {REACHED}."
    )
    found = verdict.verdict(best, PAIRS, runs())
    assert next(iter(found)) == "Beware"
    assert "Beware" not in verdict.verdict(NUMBERS, PAIRS, runs())


def test_how_sure_is_the_first_pair_s_interval_verdict_and_evidence():
    assert verdict.certainty(BOTH, PAIRS.head(1)) == (
        "a is 10.0 points [6.0, 15.0] ahead of b: better (p = 0.002, 3 seeds each). Each training "
        "took 200 TFLOP, but for those whose recipe ends sooner: 50 TFLOP for b."
    )
    assert verdict.certainty(NUMBERS, PAIRS).startswith(
        "a is 10.0 points [6.0, 15.0] ahead of b: better (p = 0.002 over 3 pairs, 3 seeds each). "
    )


def test_few_seeds_may_turn_round():
    pairs = PAIRS.head(1).assign(seeds=2, verdict="these networks differ")
    assert verdict.certainty(BOTH, pairs).startswith(
        "a is 10.0 points [6.0, 15.0] ahead of b: these networks differ; another seed could turn "
        "it round (p = 0.002, 2 seeds each). "
    )


@pytest.mark.parametrize(
    ("p", "pairs", "seeds", "text"),
    [
        (0.0009, 1, 1, "p < 0.001, one seed each"),
        (0.001, 1, 2, "p = 0.001, 2 seeds each"),
        (0.0456, 2, 3, "p = 0.046 over 2 pairs, 3 seeds each"),
    ],
)
def test_the_evidence(p, pairs, seeds, text):
    assert verdict.evidence(pd.Series({"p": p, "seeds": seeds}), pairs) == text


def test_what_each_training_took():
    def said(granted: float | None, *taken: float) -> str:
        numbers = NUMBERS.assign(budget_petaflop=granted, train_petaflop=list(taken))
        return verdict.compute(numbers)

    assert said(0.05, 0.0499, 0.05, 0.0501) == " Each training took 50 TFLOP."
    assert said(0.05, 0.05, 0.0474, 0.0051) == (
        " Each training took 50 TFLOP, but for those whose recipe ends sooner: 47.4 TFLOP for b, "
        "5.1 TFLOP for c."
    )
    assert said(0.05, 0.05, 0.06, 0.05) == (
        " Training took 50 TFLOP for a, 60 TFLOP for b, 50 TFLOP for c."
    )
    assert said(None, 0.2, 0.05, 0.001) == (
        " Training took 200 TFLOP for a, 50 TFLOP for b, 1 TFLOP for c."
    )
    assert said(None, 0.2, 0.2, 0.199) == ""
    equal = NUMBERS.assign(budget_petaflop=0.05, train_petaflop=0.05)
    assert verdict.certainty(equal, PAIRS).endswith("3 seeds each). Each training took 50 TFLOP.")


def test_what_the_best_costs_and_what_the_most_accurate_cheaper_one_would_save():
    own = "Training a took 11 min a seed on GPU, and 200 TFLOP; predicting an image takes 66 MFLOP."
    assert verdict.cost(NUMBERS) == [
        own,
        "The most accurate of those that take fewer operations to train, b, takes 25.0 % of them "
        "and is 10.0 points less accurate.",
    ]
    dear = NUMBERS.assign(train_petaflop=[0.2, 0.195, 0.3])
    assert verdict.cost(dear) == [own, "None takes fewer operations to train."]
    disturbed = verdict.cost(NUMBERS.assign(seconds_spread=2.1))[0]
    assert disturbed == f"{own} Other work disturbed its training."


def test_few_seeds_and_a_quick_budget_leave_something_open():
    few = NUMBERS.assign(seeds=[3, 2, 3])
    assert verdict.changes(few, PAIRS, runs("quick")) == [
        "Other seeds: from fewer than three each nobody knows how far another would move these "
        "figures. Set seeds: [0, 1, 2], or more, in params.yaml.",
        "More training: the quick budget shows what minutes can do. Set budget: full, or more in "
        "budgets.quick.petaflop, in params.yaml.",
        ALWAYS,
    ]
    assert verdict.changes(NUMBERS, PAIRS, runs()) == [ALWAYS]
    assert verdict.changes(NUMBERS.head(1), NONE, runs()) == [ALWAYS]


def test_an_open_pair_says_what_would_decide_it():
    gap = "a true difference as large as that of a and b"
    more = verdict.changes(NUMBERS, OPEN.assign(seeds_needed=7.0), runs())
    assert more[0] == (
        f"More seeds: with about 7 seeds each, {gap} would be found four times in five."
    )
    never = verdict.changes(NUMBERS, OPEN.assign(seeds_needed=float("inf")), runs())
    assert never[0] == (
        f"More test images: no number of seeds would find {gap} four times in five."
    )
    equal = OPEN.assign(verdict="equal within ±0.5 points")
    assert verdict.changes(NUMBERS, equal, runs()) == [ALWAYS]


def test_an_open_pair_has_the_verdict_that_compare_writes():
    assert verdict.UNDECIDED == pairwise.UNDECIDED


def test_the_answer_names_the_best_and_whether_it_can_be_told():
    apart = answer(synthetic.results(TWO, seeds=5))
    assert apart.startswith("fast reaches ")
    assert apart.endswith(
        " ahead of slow: better (p < 0.001, 5 seeds each). Each training took 45 GFLOP."
    )
    close = answer(synthetic.results({"fast": 1.0, "slow": 1.01}, seeds=5))
    assert ": not decided (p = " in close
    assert "may be luck" in close
    assert "it ran alone." in answer(synthetic.results({"fast": 1.0}))


@pytest.mark.parametrize("seeds", [1, 2])
def test_few_seeds_never_say_better(seeds):
    results = synthetic.results(TWO, seeds=seeds)
    found = verdict.verdict(results.numbers, results.tables["pairwise"], results.runs)
    assert "better" not in str(found)
    assert "luck of test images." in str(found)


def test_the_p_says_over_how_many_pairs_it_is():
    three = answer(synthetic.results(TWO | {"middle": 1.0}, seeds=3))
    assert "over 3 pairs, 3 seeds each)" in three
