import pandas as pd
import synthetic

from archbench.reporting import tables


def test_the_best_stands_first():
    results = synthetic.results({"slow": 0.3, "fast": 3.0})
    table = tables.comparison(results.numbers, results.runs)
    assert table["architecture"].tolist() == ["fast", "slow"]
    assert table["best epoch"].tolist() == ["2 of 3", "2 of 3 (stagnation)"]
    assert table["images × epochs"].tolist() == ["100 × 3", "100 × 3"]
    assert table["seeds"].tolist() == ["1", "1"]


def test_what_training_cost():
    table = tables.costs(synthetic.results({"slow": 0.3, "fast": 3.0}).numbers)
    assert table["PFLOP"].tolist() == ["4.5e-05", "4.5e-05"]
    assert table["memory"].tolist() == ["0.5 GB", "0.5 GB"]


def test_several_seeds_show_their_spread():
    results = synthetic.results({"fast": 3.0}, seeds=3)
    spread = 100 * results.tables["seeds"]["accuracy"].std()
    assert tables.comparison(results.numbers, results.runs).loc[0, "seeds"] == f"3, sd {spread:.2f}"


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
