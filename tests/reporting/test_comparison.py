import pandas as pd
import pytest
import synthetic

from archbench import files
from archbench.reporting import comparison

TWO = {"fast": 3.0, "slow": 0.3}


def test_the_answer_names_the_best_and_whether_it_can_be_told():
    apart = comparison.answer(synthetic.results(TWO).metrics)
    assert apart.startswith("fast reaches ")
    assert apart.endswith("their intervals do not overlap.")
    close = comparison.answer(synthetic.results({"fast": 1.0, "slow": 1.0}).metrics)
    assert "their intervals overlap" in close
    unequal = synthetic.results(TWO).metrics
    unequal.loc["fast", "epochs"] = 9
    assert comparison.answer(unequal).endswith("It trained on 100 × 9 images, not 100 × 3.")
    alone = comparison.answer(synthetic.results({"fast": 1.0}).metrics)
    assert alone.endswith("it ran alone.")


def test_the_interval_shows_its_further_end():
    row = {"accuracy": 0.9, "accuracy_low": 0.88, "accuracy_high": 0.91}
    assert comparison.interval(row) == "90.0 ± 2.0 %"


def test_the_best_stands_first():
    results = synthetic.results({"slow": 0.3, "fast": 3.0})
    table = comparison.comparison(results.metrics, results.runs)
    assert table["architecture"].tolist() == ["fast", "slow"]
    assert table["best epoch"].tolist() == ["2 of 3", "2 of 3 (stagnation)"]
    assert table["images × epochs"].tolist() == ["100 × 3", "100 × 3"]
    assert table["PFLOP"].tolist() == ["9e-05", "9e-05"]  # 3 · 0.1 GFLOP · 300 images


def test_recipes_are_told_apart_setting_by_setting():
    shared, differing = comparison.recipes(synthetic.results(TWO).runs)
    assert shared == {"augmentation.flip": "0.5", "clip_norm": "none", "epochs": "3"}
    assert differing.to_numpy().tolist() == [
        ["lr", "0.1", "0.01"],
        ["options.dropout", "-", "0.3"],
    ]


def test_confused_pairs_are_ranked_and_never_a_class_with_itself():
    confusion = pd.DataFrame(
        {
            "architecture": "a",
            "actual": ["x", "x", "y", "y"],
            "predicted": ["x", "y", "x", "y"],
            "count": [8, 2, 5, 5],
            "share": [0.8, 0.2, 0.5, 0.5],
        }
    )
    rows = comparison.confused_pairs(confusion).to_numpy().tolist()
    assert rows == [["a", "y", "x", 5, "50.0 %"], ["a", "x", "y", 2, "20.0 %"]]


@pytest.mark.parametrize(("flip", "words"), [(False, "as it is"), (True, "mirror image")])
def test_the_conditions_say_how_test_images_were_predicted(flip, words):
    results = synthetic.results(TWO)
    results.metrics["test_time_flip"] = flip
    said = comparison.conditions(results.dataset, results.runs, results.metrics)
    assert words in said["prediction"]


@pytest.mark.parametrize("budget", ["quick", "full"])
def test_the_limits_name_the_budget_that_needs_it(budget):
    results = synthetic.results(TWO, budget=budget)
    said = " ".join(comparison.limits(results.metrics, results.runs))
    assert ("quick budget" in said) == (budget == "quick")
    assert "One seed each" in said


def test_few_classes_are_drawn_cell_by_cell():
    classes = [str(number) for number in range(20)]
    confusion = synthetic.results({"fast": 3.0}, classes=classes).confusion
    assert comparison.drawn_cells(confusion, classes) is confusion


def test_of_many_classes_every_image_is_drawn_in_the_order_of_the_classes():
    classes = [f"class {7 * number % 100}" for number in range(100)]
    confusion = synthetic.results({"fast": 2.0, "slow": 0.3}, classes=classes).confusion
    drawn = comparison.drawn_cells(confusion, classes)
    assert drawn.groupby("architecture")["count"].sum().tolist() == [300, 300]
    assert len(drawn) < 0.1 * len(confusion)
    for axis in ("actual", "predicted"):
        assert drawn[axis].drop_duplicates().tolist() == classes


@pytest.mark.parametrize("classes", [["007", "08", "1"], ["1.0", "1", "1e0"], ["True", "no", "NA"]])
def test_names_that_read_as_numbers_stay_names(classes, tmp_path):
    confusion = synthetic.results({"fast": 1.0, "slow": 0.3}, classes=classes).confusion
    files.write_table(tmp_path / "confusion.csv", confusion)
    read = files.read_table(tmp_path / "confusion.csv")
    named = comparison.with_names(read, classes)
    for axis in ("actual", "predicted"):
        assert named[axis].tolist() == confusion[axis].tolist()
