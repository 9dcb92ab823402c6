import pandas as pd
import pytest

from archbench.report import pair_tables


def pair(**changes: object) -> pd.DataFrame:
    row = {"first": "a", "second": "b", "seeds": 3, "difference": 0.0123, "low": 0.0096}
    row |= {"high": 0.0236, "p": 0.031, "detectable": 0.02, "floor": 0.01, "seeds_needed": 12.0}
    return pd.DataFrame([row | {"verdict": "better"} | changes])


def test_a_pair_s_row_has_its_interval_and_what_it_could_find():
    (row,) = pair_tables.pairs(pair()).to_dict("records")
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
    endless = pair_tables.pairs(pair(seeds_needed=float("inf")))
    assert endless.loc[0, "seeds needed"] == pair_tables.MORE_IMAGES == "more images"


def test_with_few_seeds_nothing_is_said_of_more():
    found = pair_tables.pairs(pair(seeds=1, floor=None, seeds_needed=None))
    assert not {"detectable, any seeds", "seeds needed"} & set(found.columns)


def test_what_one_pair_does_not_know_is_a_dash_beside_one_that_does():
    unknown = pair(floor=None, seeds_needed=None)
    found = pair_tables.pairs(pd.concat([unknown, pair()]))
    assert found["detectable, any seeds"].tolist() == ["-", "1.00"]
    assert found["seeds needed"].tolist() == ["-", "12"]


def test_one_architecture_has_no_pairs_to_list():
    assert pair_tables.pairs(pair().head(0)).empty


def test_a_cell_of_the_matrix_is_its_row_less_its_column():
    pairs = pd.concat(
        [
            pair(),
            pair(second="c", difference=0.2, low=0.1, high=0.3, verdict="these networks differ"),
            pair(first="b", second="c", low=-0.01, verdict="not decided"),
        ]
    )
    found = pair_tables.pair_matrix(pairs)
    assert found.to_dict("records") == [
        {"row − column": "a", "b": "1.2 [1.0, 2.4]\nbetter", "c": "20.0 [10.0, 30.0]\ndiffer"},
        {"row − column": "b", "b": "", "c": "1.2 [-1.0, 2.4]\nnot decided"},
    ]


@pytest.mark.parametrize("whose", ["", "these networks are "])
def test_the_matrix_says_equal_and_the_list_within_what(whose):
    equal = pair(verdict=f"{whose}equal within ±0.5 points")
    assert str(pair_tables.pair_matrix(equal).loc[0, "b"]).endswith("\nequal")
    assert pair_tables.pairs(equal).loc[0, "verdict"] == f"{whose}equal within ±0.5 points"
