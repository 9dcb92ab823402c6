"""What is kept of the predictions is enough for every table of a comparison, and is small."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import synthetic

from archbench.base.predictions import hits_of, join
from archbench.comparison import answers, hits, tables

CLASSES = synthetic.CLASSES
SKILLS = {"a": 0.2, "b": 0.5, "c": 0.1}


def of_seeds(skill: float) -> pd.DataFrame:
    return pd.concat(synthetic.predictions(skill, seed, CLASSES) for seed in (0, 2**31 - 1))


class Once(Mapping[str, pd.DataFrame]):
    """Counts how often each table is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> pd.DataFrame:
        self.asked.append(name)
        return of_seeds(SKILLS[name])

    def __iter__(self) -> Iterator[str]:
        return iter(SKILLS)

    def __len__(self) -> int:
        return len(SKILLS)


WHOLE = {name: of_seeds(skill) for name, skill in SKILLS.items()}


def test_every_table_is_that_of_the_whole_predictions():
    kept, suspects = answers.reduce(WHOLE)
    for name, rows in WHOLE.items():
        assert (hits_of(kept[name]) == hits_of(rows)).all()
    pd.testing.assert_frame_equal(
        hits.pack(kept, "abc"), hits.pack(WHOLE, "abc"), check_dtype=False
    )
    assert tables.without(kept, [1, 5]).equals(tables.without(WHOLE, [1, 5]))
    found = tables.missed_by_all(suspects, CLASSES)
    assert len(found) > 1
    assert found.equals(tables.missed_by_all(join(WHOLE), CLASSES))


def test_only_the_rows_of_what_every_run_misses_are_whole():
    _, suspects = answers.reduce(WHOLE)
    right = np.concatenate([hits_of(rows) for rows in WHOLE.values()], axis=1).any(1)
    assert set(suspects["index"]) == set(np.flatnonzero(~right))
    assert len(suspects) == (~right).sum() * 6


def test_each_table_is_read_once():
    tables = Once()
    answers.reduce(tables)
    assert tables.asked == ["a", "b", "c"]
