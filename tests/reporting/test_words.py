import pytest
import synthetic

from archbench.reporting import words

TWO = {"fast": 3.0, "slow": 0.3}


def answer(results) -> str:
    return words.answer(results.numbers, results.tables["pairwise"])


def test_the_answer_names_the_best_and_whether_it_can_be_told():
    apart = answer(synthetic.results(TWO))
    assert apart.startswith("fast reaches ")
    assert apart.endswith(": better (p < 0.001 after Holm's correction, one seed each).")
    close = answer(synthetic.results({"fast": 1.0, "slow": 1.01}))
    assert "no detectable difference (p = " in close
    several = answer(synthetic.results(TWO, seeds=3))
    assert several.endswith("3 seeds each).")
    unequal = synthetic.results(TWO)
    unequal.numbers.loc["fast", "epochs"] = 9
    assert answer(unequal).endswith("It trained on 100 × 9 images, not 100 × 3.")
    assert answer(synthetic.results({"fast": 1.0})).endswith("it ran alone.")


def test_the_interval_shows_its_further_end():
    row = {"accuracy": 0.9, "accuracy_low": 0.88, "accuracy_high": 0.91}
    assert words.interval(row) == "90.0 ± 2.0 %"


@pytest.mark.parametrize(("flip", "said"), [(False, "as it is"), (True, "mirror image")])
def test_the_conditions_say_how_test_images_were_predicted(flip, said):
    results = synthetic.results(TWO)
    results.numbers["test_time_flip"] = flip
    told = words.conditions(results.dataset, results.runs, results.numbers)
    assert said in told["prediction"]


def limits(results) -> str:
    return " ".join(words.limits(results.numbers, results.tables["pairwise"], results.runs))


@pytest.mark.parametrize("budget", ["quick", "full"])
def test_the_limits_name_the_budget_that_needs_it(budget):
    said = limits(synthetic.results(TWO, budget=budget))
    assert ("quick budget" in said) == (budget == "quick")


def test_the_limits_say_what_one_seed_could_not_detect():
    one, three = synthetic.results(TWO), synthetic.results(TWO, seeds=3)
    assert "One seed each" in limits(one)
    assert "One seed each" not in limits(three)
    gap = 100 * one.tables["pairwise"].loc[0, "detectable"]
    assert f"below {gap:.1f} to {gap:.1f} points" in limits(one)
