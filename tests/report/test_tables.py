"""Each column of a table is what its head says: every number of these rows is a different one."""

import example_records
import pandas as pd
import pytest
import synthetic

from archbench.report import tables, words

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
    runs = [
        example_records.run(architecture="a", best_epoch=7, epochs=9),
        example_records.run(architecture="a", best_epoch=5, epochs=8, stopped="rule"),
        example_records.run(architecture="b", best_epoch=1, epochs=2),
    ]
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
        "parameters": "11.2 M",
        "images × epochs": "45,000 × 30",
        "training": "3.4 h, disturbed",
        "best epoch": "7 of 9, 5 of 8 (rule)",
    }


def test_costs():
    (row,) = tables.costs(NUMBERS).to_dict("records")
    assert row == {
        "architecture": "a",
        "test accuracy": "90.0 ± 4.0 %",
        "training": "3.4 h, disturbed",
        "its operations": "4.56 PFLOP",
        "operations an image": "568 MFLOP",
        "parameters": "11.2 M",
        "images/s": "7,890",
        "memory": "2.3 GB",
        "device": "GPU",
    }


def test_energy_has_a_column_where_some_was_counted():
    counted = pd.DataFrame([ROW, ROW | {"energy_joules": 15_120.0}], index=["a", "b"])
    table = tables.costs(counted)
    assert table["energy, estimate"].tolist() == ["-", "4.2 Wh"]
    assert tables.numeric(table)["energy, estimate"]
    assert "Energy:" in words.costs_note(counted)
    for unknown in (NUMBERS, NUMBERS.assign(energy_joules=float("nan"))):
        assert "energy, estimate" not in tables.costs(unknown)
        assert words.costs_note(unknown) == words.COSTS


def test_a_run_is_disturbed_beyond_twice_the_time_and_not_at_it():
    (row,) = tables.costs(NUMBERS.assign(seconds_spread=2.0)).to_dict("records")
    assert row["training"] == "3.4 h"


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
    rows = [("a", 0.9, 0.85, None), ("b", 0.8, 0.7, 0.95)]
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


@pytest.mark.parametrize(("low", "high", "shown"), [(0.88, 0.91, "2.0"), (0.89, 0.93, "3.0")])
def test_an_accuracy_has_the_distance_to_its_further_end(low, high, shown):
    row = {"accuracy": 0.9, "seeds": 3, "accuracy_low": low, "accuracy_high": high}
    assert words.interval(pd.Series(row)) == f"90.0 ± {shown} %"


def test_the_best_epochs_of_many_seeds_are_a_range():
    results = synthetic.results({"slow": 0.3, "fast": 3.0}, seeds=6)
    table = tables.comparison(results.numbers, results.runs, results.tables["ranks"])
    assert table["best epoch"].tolist() == ["2 of 3", "2 of 3 (6 ended early)"]
    runs = [run.model_copy(update={"best_epoch": 1 + run.seed % 3}) for run in results.runs]
    table = tables.comparison(results.numbers, runs, results.tables["ranks"])
    assert table["best epoch"].iloc[0] == "1–3 of 3"


def test_the_best_stands_first():
    results = synthetic.results({"slow": 0.3, "fast": 3.0})
    table = tables.comparison(results.numbers, results.runs, results.tables["ranks"])
    assert table["architecture"].tolist() == ["fast", "slow"]
    assert table["best epoch"].tolist() == ["2 of 3", "2 of 3 (stagnation)"]
    assert table["images × epochs"].tolist() == ["100 × 3", "100 × 3"]
    assert table["seeds"].tolist() == ["1", "1"]


def test_the_calibration_error_is_the_scaled_one_with_its_interval_and_floor():
    results = synthetic.results({"slow": 0.3, "fast": 3.0})
    row = results.numbers.loc["fast"]
    scaled, low, high, floor = (
        f"{100 * row[f'scaled_ece{end}']:.1f}" for end in ("", "_low", "_high", "_floor")
    )
    written = f"{scaled} % [{low}, {high}]"
    first = tables.comparison(results.numbers, results.runs, results.tables["ranks"]).loc[0]
    assert (first["scaled ECE"], first["ECE by chance"]) == (written, f"{floor} %")
    table = tables.calibration(results.numbers).loc[0]
    assert table["ECE"] == f"{100 * row['ece']:.1f} → {scaled} %"
    assert (table["scaled ECE, 95 % interval"], table["by chance"]) == (written, f"{floor} %")
    title = words.calibration_titles(results.numbers)["fast"]
    assert title == f"fast\nscaled ECE {written}, by chance {floor} %"


def test_both_thresholds_are_shown():
    numbers = synthetic.results({"fast": 3.0}).numbers
    shares = dict(zip(SELECTIVE, (0.5, 0.02, 0.25, 0.004), strict=True))
    written = tables.selective(numbers.assign(**shares)).loc[0]
    assert list(written)[2:] == ["50.0 %", "2.0 %", "25.0 %", "0.4 %"]


SELECTIVE = (
    *("coverage_at_1_percent_risk", "risk_at_that_coverage"),
    *("coverage_at_guaranteed_risk", "risk_at_guaranteed_coverage"),
)


def test_the_first_ten_that_every_run_misses():
    missed = synthetic.results({"fast": 0.5}).tables["missed_by_all"]
    table = tables.missed_by_all(missed)
    assert table["index"].tolist() == missed["index"].tolist()[:10]
    assert table.loc[table.index[0], "margin"] == f"{missed['margin'].min():.2f}"


def test_what_training_cost():
    table = tables.costs(synthetic.results({"slow": 0.3, "fast": 3.0}).numbers)
    assert table["its operations"].tolist() == ["45 GFLOP", "45 GFLOP"]
    assert table["memory"].tolist() == ["0.5 GB", "0.5 GB"]


def test_several_seeds_show_their_spread():
    results = synthetic.results({"fast": 3.0}, seeds=3)
    spread = 100 * results.tables["seeds"]["accuracy"].std()
    assert (
        tables.comparison(results.numbers, results.runs, results.tables["ranks"]).loc[0, "seeds"]
        == f"3, sd {spread:.2f}"
    )


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
    both = pd.concat([confusion, confusion.head(2).assign(architecture="b")])
    table = tables.confused_pairs(both)
    assert table.columns.tolist() == ["rank", "a", "b"]
    first, second = table.to_numpy().tolist()
    assert first == [1, "y → x: 50.0 %", "x → y: 20.0 %"]
    assert second == [2, "x → y: 20.0 %", "-"]


def test_ranks_are_a_number_or_a_range():
    assert tables.rank(pd.Series({"best_rank": 1, "worst_rank": 1})) == "1"
    assert tables.rank(pd.Series({"best_rank": 2, "worst_rank": 4})) == "2–4"
    results = synthetic.results({"slow": 0.3, "fast": 3.0}, seeds=5)
    found = tables.comparison(results.numbers, results.runs, results.tables["ranks"])
    assert found["rank"].tolist() == ["1", "2"]


def test_confused_pairs_are_five_and_of_equal_shares_the_more_frequent_first_then_by_name():
    rows = [
        ("c", "d", 1, 0.5),
        ("b", "c", 1, 0.5),
        ("b", "a", 1, 0.5),
        ("a", "b", 3, 0.5),
        ("a", "c", 2, 0.9),
        ("d", "a", 0, 0.0),
        ("d", "b", 1, 0.1),
        ("d", "d", 9, 0.8),
    ]
    columns = ["actual", "predicted", "count", "share"]
    confusion = pd.DataFrame(rows, columns=columns).assign(architecture="n")
    assert tables.confused_pairs(confusion)["n"].tolist() == [
        "a → c: 90.0 %",
        "a → b: 50.0 %",
        "b → a: 50.0 %",
        "b → c: 50.0 %",
        "c → d: 50.0 %",
    ]
    assert len(tables.confused_pairs(confusion, most=9)) == 6


def test_robustness_is_the_mean_with_its_interval_in_the_order_of_the_page():
    results = synthetic.results({"slow": 0.3, "fast": 3.0}, seeds=3, robustness=True)
    found = tables.robustness(results.tables["robustness_means"])
    assert found["architecture"].tolist() == ["fast", "slow"]
    first = results.tables["robustness_means"].set_index("architecture").loc["fast"]
    assert str(found.loc[0, "mean accuracy"]).startswith(f"{100 * first['accuracy']:.1f} ± ")


def test_columns_of_numbers_are_told_from_columns_of_words():
    table = pd.DataFrame(
        {
            "interval": ["[0.62, 1.29]", "-"],
            "seeds needed": ["12", "more images"],
            "minus": ["−0.5", ""],
            "p": ["< 0.001", "0.5"],
            "index": [7, 12],
            "name": ["resnet18", "mlp"],
            "mixed": ["7", "seven"],
            "none": ["-", "-"],
        }
    )
    numbers = ["interval", "seeds needed", "minus", "p", "index"]
    assert [name for name, right in tables.numeric(table).items() if right] == numbers
