import pandas as pd
import synthetic

from archbench.report import curves, tables


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
    title = curves.calibration_title("fast", row)
    assert title == f"fast\nscaled ECE {written}, by chance {floor} %"


def test_both_thresholds_are_shown():
    numbers = synthetic.results({"fast": 3.0}).numbers
    shares = dict(zip(SELECTIVE, (0.5, 0.02, 0.25, 0.004), strict=True))
    written = tables.selective(numbers.assign(**shares)).loc[0]
    assert written.tolist()[2:] == ["50.0 %", "2.0 %", "25.0 %", "0.4 %"]


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
    assert table["PFLOP"].tolist() == ["4.5e-05", "4.5e-05"]
    assert table["memory"].tolist() == ["0.5 GB", "0.5 GB"]


def test_several_seeds_show_their_spread():
    results = synthetic.results({"fast": 3.0}, seeds=3)
    spread = 100 * results.tables["seeds"]["accuracy"].std()
    assert (
        tables.comparison(results.numbers, results.runs, results.tables["ranks"]).loc[0, "seeds"]
        == f"3, sd {spread:.2f}"
    )


def test_a_share_of_nothing_is_a_dash():
    assert tables.percent(float("nan")) == "-"
    assert tables.percent(0.1234) == "12.3 %"


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
    assert tables.rank({"best_rank": 1, "worst_rank": 1}) == "1"
    assert tables.rank({"best_rank": 2, "worst_rank": 4}) == "2–4"
    results = synthetic.results({"slow": 0.3, "fast": 3.0}, seeds=5)
    found = tables.comparison(results.numbers, results.runs, results.tables["ranks"])
    assert found["rank"].tolist() == ["1", "2"]


def pair(**changes: object) -> pd.DataFrame:
    row = {"first": "a", "second": "b", "seeds": 3, "difference": 0.0123, "low": 0.0096}
    row |= {"high": 0.0236, "p": 0.031, "detectable": 0.02, "floor": 0.01, "seeds_needed": 12.0}
    return pd.DataFrame([row | {"verdict": "better"} | changes])


def test_a_pair_s_row_has_its_interval_and_what_it_could_find():
    (row,) = tables.pairs(pair()).to_dict("records")
    assert row == {
        "pair": "a − b",
        "points": "1.23",
        "95 % interval, all pairs": "[0.96, 2.36]",
        "p": "0.031",
        "detectable": "2.00",
        "detectable, any seeds": "1.00",
        "seeds needed": "12",
        "verdict": "better",
    }
    assert tables.pairs(pair(seeds_needed=float("inf"))).loc[0, "seeds needed"] == "more images"


def test_with_few_seeds_nothing_is_said_of_more():
    found = tables.pairs(pair(seeds=1, floor=None, seeds_needed=None))
    assert not {"detectable, any seeds", "seeds needed"} & set(found.columns)


def test_what_one_pair_does_not_know_is_a_dash_beside_one_that_does():
    unknown = pair(floor=None, seeds_needed=None)
    found = tables.pairs(pd.concat([unknown, pair()]))
    assert found["detectable, any seeds"].tolist() == ["-", "1.00"]
    assert found["seeds needed"].tolist() == ["-", "12"]


def test_one_architecture_has_no_pairs_to_list():
    assert tables.pairs(pair().head(0)).empty


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


def test_robustness_is_the_mean_with_its_interval_best_first():
    results = synthetic.results({"slow": 3.0, "fast": 0.3}, seeds=3, robustness=True)
    found = tables.robustness(results.tables["robustness_means"])
    assert found["architecture"].tolist() == ["fast", "slow"]
    first = results.tables["robustness_means"].set_index("architecture").loc["fast"]
    assert found.loc[0, "mean accuracy"].startswith(f"{100 * first['accuracy']:.1f} ± ")
