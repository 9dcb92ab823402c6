"""Each column of a table is what its head says: every number of these rows is a different one."""

import pandas as pd
import pytest

from archbench.report import recipes, tables, words

ROW = {
    "accuracy": 0.9, "accuracy_low": 0.86, "accuracy_high": 0.93, "accuracy_sd": 0.0123,
    "network_low": 0.88, "network_high": 0.91, "seeds": 3, "loss": 0.321, "scaled_loss": 0.234,
    "f1_macro": 0.891, "brier": 0.111, "scaled_brier": 0.099, "ece": 0.051, "scaled_ece": 0.021,
    "scaled_ece_low": 0.0174, "scaled_ece_high": 0.034, "scaled_ece_floor": 0.015,
    "debiased_calibration_error": 0.044, "scaled_debiased_calibration_error": 0.008,
    "temperature": 1.23, "parameters": 11.2e6, "gflops": 0.5678, "train_seconds": 12345.0,
    "train_petaflop": 4.56, "images_per_second": 7890.0,
    "seconds_spread": 2.1, "peak_memory_gb": 2.34, "device": "GPU",
    "train_images": 45000, "epochs": 30, "aurc": 0.0123,
    "coverage_at_1_percent_risk": 0.81, "risk_at_that_coverage": 0.013,
    "coverage_at_guaranteed_risk": 0.62, "risk_at_guaranteed_coverage": 0.004,
}  # fmt: skip
NUMBERS = pd.DataFrame([ROW], index=["a"])


def test_comparison():
    runs = [{"architecture": "a", "best_epoch": 7, "epochs": 9, "stopped": None}]
    runs += [{"architecture": "a", "best_epoch": 5, "epochs": 8, "stopped": "rule"}]
    runs += [{"architecture": "b", "best_epoch": 1, "epochs": 2, "stopped": None}]
    ranks = pd.DataFrame([{"architecture": "a", "best_rank": 2, "worst_rank": 3}])
    (row,) = tables.comparison(NUMBERS, runs, ranks).to_dict("records")
    assert row == {
        "architecture": "a",
        "test accuracy": "90.0 ± 4.0 %",
        "rank": "2–3",
        "seeds": "3, sd 1.23",
        "loss (nats)": "0.321",
        "macro F1": "89.1 %",
        "scaled ECE": "2.1 % [1.7, 3.4]",
        "ECE by chance": "1.5 %",
        "parameters": "11.20 M",
        "images × epochs": "45,000 × 30",
        "training": "12,345 s, disturbed",
        "best epoch": "7 of 9, 5 of 8 (rule)",
    }


def test_costs():
    (row,) = tables.costs(NUMBERS).to_dict("records")
    assert row == {
        "architecture": "a",
        "parameters": "11.20 M",
        "GFLOPs/image": "0.568",
        "training": "12,345 s, disturbed",
        "images/s": "7,890",
        "PFLOP": "4.6",
        "memory": "2.3 GB",
        "device": "GPU",
    }


def test_a_run_is_disturbed_beyond_twice_the_time_and_not_at_it():
    (row,) = tables.costs(NUMBERS.assign(seconds_spread=2.0)).to_dict("records")
    assert row["training"] == "12,345 s"


def test_calibration():
    (row,) = tables.calibration(NUMBERS).to_dict("records")
    assert row == {
        "architecture": "a",
        "temperature": "1.23",
        "loss (nats)": "0.321 → 0.234",
        "Brier": "0.111 → 0.099",
        "ECE": "5.1 → 2.1 %",
        "scaled ECE, 95 % interval": "2.1 % [1.7, 3.4]",
        "by chance": "1.5 %",
        "debiased": "4.4 → 0.8 %",
    }


def test_selective():
    (row,) = tables.selective(NUMBERS).to_dict("records")
    assert row == {
        "architecture": "a",
        "AURC": "0.0123",
        "coverage aiming at 1 % risk": "81.0 %",
        "its risk on the test images": "1.3 %",
        "coverage with the guarantee": "62.0 %",
        "risk with the guarantee": "0.4 %",
    }


def test_without_duplicates_is_not_the_plain_accuracy():
    rows = [("b", 0.8, 0.7, 0.95), ("a", 0.9, 0.85, None)]
    without = pd.DataFrame(rows, columns=["architecture", "accuracy", "without", "on_them"])
    assert tables.duplicates(without).to_dict("records") == [
        {
            "architecture": name,
            "all test images": every,
            "without duplicates": rest,
            "on duplicates": alone,
        }
        for name, every, rest, alone in (
            ("a", "90.0 %", "85.0 %", "-"),
            ("b", "80.0 %", "70.0 %", "95.0 %"),
        )
    ]


def test_a_p_is_a_number_down_to_a_thousandth():
    assert [tables._p(p) for p in (0.0009, 0.001, 0.0456)] == ["< 0.001", "0.001", "0.046"]


@pytest.mark.parametrize(("low", "high", "shown"), [(0.88, 0.91, "2.0"), (0.89, 0.93, "3.0")])
def test_an_accuracy_has_the_distance_to_its_further_end(low, high, shown):
    row = {"accuracy": 0.9, "seeds": 3, "accuracy_low": low, "accuracy_high": high}
    assert words.interval(row) == f"90.0 ± {shown} %"


def test_the_answer_is_in_points_with_the_interval_of_the_first_pair():
    pair = {"first": "a", "second": "b", "difference": 0.02, "low": 0.01, "high": 0.035}
    pairs = pd.DataFrame([pair | {"p": 0.0123, "seeds": 3, "verdict": "better"}])
    numbers = pd.DataFrame([ROW, ROW | {"accuracy": 0.88}], index=["a", "b"])
    assert words.answer(numbers, pairs) == (
        "a reaches 90.0 ± 4.0 % test accuracy, 2.0 points [1.0, 3.5] ahead of b: better "
        "(p = 0.012, 3 seeds each)."
    )


def test_what_is_off_is_not_listed_and_what_differs_is():
    settings = ({"lr": 0.1, "mix": 0.0, "clip": None}, {"lr": 0.1, "mix": 0.0, "clip": 1.0})
    runs = [
        {"architecture": name, "recipe": recipe}
        for name, recipe in zip("ab", settings, strict=True)
    ]
    shared, differing = recipes.recipes(runs)
    assert shared == {"lr": "0.1"}
    assert differing.to_dict("records") == [{"setting": "clip", "a": "none", "b": "1.0"}]
