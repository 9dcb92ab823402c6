import pytest
import synthetic

from archbench.report import words

TWO = {"fast": 3.0, "slow": 0.3}


def answer(results) -> str:
    return words.answer(results.numbers, results.tables["pairwise"])


def test_the_answer_names_the_best_and_whether_it_can_be_told():
    apart = answer(synthetic.results(TWO, seeds=5))
    assert apart.startswith("fast reaches ")
    assert apart.endswith(" ahead of slow: better (p < 0.001, 5 seeds each).")
    close = answer(synthetic.results({"fast": 1.0, "slow": 1.01}, seeds=5))
    assert ": not decided (p = " in close
    assert answer(synthetic.results({"fast": 1.0})).endswith("it ran alone.")


@pytest.mark.parametrize(("seeds", "said"), [(1, "one seed each"), (2, "2 seeds each")])
def test_few_seeds_compare_networks_and_never_say_better(seeds, said):
    few = answer(synthetic.results(TWO, seeds=seeds))
    assert "better" not in few
    assert few.endswith(
        f"these networks differ; another seed could turn it round (p < 0.001, {said})."
    )


def test_the_p_says_over_how_many_pairs_it_is():
    three = answer(synthetic.results(TWO | {"middle": 1.0}, seeds=3))
    assert "over 3 pairs, 3 seeds each)" in three


def test_the_answer_says_where_training_was_unequal():
    unequal = synthetic.results(TWO)
    unequal.numbers.loc["fast", "epochs"] = 9
    assert answer(unequal).endswith("It trained on 100 × 9 images, not 100 × 3.")


def test_the_interval_shows_its_further_end():
    row = {"accuracy": 0.9, "seeds": 3, "accuracy_low": 0.88, "accuracy_high": 0.91}
    assert words.interval(row) == "90.0 ± 2.0 %"


def test_an_interval_is_the_architecture_s_or_of_few_seeds_its_networks_and_says_so():
    for seeds, title in (
        (1, "test accuracy of this network"),
        (2, "test accuracy of these networks"),
        (3, "test accuracy"),
    ):
        numbers = synthetic.results(TWO, seeds=seeds).numbers
        row = numbers.loc["fast"]
        name = "accuracy" if seeds == 3 else "network"
        assert words.ends(row) == (row[f"{name}_low"], row[f"{name}_high"])
        assert words.accuracy_title(numbers) == title
        assert ("other seeds, of one" in words.accuracy_note(numbers)) == (seeds == 3)
        assert ("however often seeds are added" in words.pairs_note(numbers)) == (seeds == 3)


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


def test_the_limits_say_what_could_not_be_detected():
    one, three = synthetic.results(TWO), synthetic.results(TWO, seeds=3)
    assert "Fewer than three seeds each" in limits(one)
    assert "Fewer than three seeds each" not in limits(three)
    gap = 100 * one.tables["pairwise"].loc[0, "detectable"]
    assert f"below {gap:.1f} points" in limits(one)
    assert "no number of seeds" not in limits(one)
    floor = 100 * three.tables["pairwise"].loc[0, "floor"]
    assert f"no number of seeds brings that below {floor:.1f} points" in limits(three)
