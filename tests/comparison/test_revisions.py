"""What is written of two revisions, with DVC's file system replaced by files in memory."""

from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from archbench.base.errors import Refused
from archbench.comparison import hits, pairwise, revisions
from archbench.comparison.pairwise import Difference

FOUND = Difference(
    seeds=3,
    difference=0.5,
    low=0.25,
    high=0.75,
    p=0.031,
    detectable=0.02,
    floor=0.01,
    seeds_needed=12.0,
    verdict=pairwise.BETTER,
)
WORSE = {"difference": -0.5, "low": -0.75, "high": -0.25}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "+50.00 points [+25.00, +75.00], better (p = 0.031, 3 seeds)"),
        ({"difference": 0.004}, "+0.40 points [+25.00, +75.00], better (p = 0.031, 3 seeds)"),
        (WORSE, "-50.00 points [-75.00, -25.00], worse (p = 0.031, 3 seeds)"),
        ({"p": 0.001}, "+50.00 points [+25.00, +75.00], better (p = 0.001, 3 seeds)"),
        ({"p": 0.0009}, "+50.00 points [+25.00, +75.00], better (p < 0.001, 3 seeds)"),
        (
            {"verdict": pairwise.DIFFER, "seeds": 1},
            "+50.00 points [+25.00, +75.00], these networks differ; another seed could turn it "
            "round (p = 0.031, one seed)",
        ),
        (
            {"verdict": pairwise.UNDECIDED, "seeds": 2},
            "+50.00 points [+25.00, +75.00], not decided (p = 0.031, 2 seeds)",
        ),
    ],
)
def test_a_line(monkeypatch, changes, line):
    found = Difference(**{name: getattr(FOUND, name) for name in Difference.__slots__} | changes)
    monkeypatch.setattr(pairwise, "compare", lambda *_: found)
    none = {"a": np.zeros((0, 0), bool)}
    assert revisions.lines(none, none, 0.005) == [f"a: {line}"]


def packed(test_set: str = "abc", *, wrong: int) -> bytes:
    """Of two architectures, 100 images and three seeds, which all miss the first `wrong`."""
    table = pd.DataFrame({"index": range(100), "label": 1, "prediction": 1})
    table.loc[table["index"] < wrong, "prediction"] = 0
    runs = pd.concat([table.assign(seed=seed) for seed in range(3)])
    return hits.pack({"a": runs, "b": runs}, test_set).to_csv(index=False).encode()


@pytest.fixture
def commits(monkeypatch, tmp_path):
    """Bytes of metrics/details/hits.csv by revision; None is the workspace's."""
    found: dict[str | None, bytes] = {}

    class Tree:
        def __init__(self, rev: str | None) -> None:
            if rev not in found:
                raise ValueError(f"unknown\n  Git revision '{rev}'")
            self.rev = rev

        def open(self, path: str, mode: str) -> BytesIO:
            if (path, mode) != ("metrics/details/hits.csv", "rb"):
                raise FileNotFoundError
            if not found[self.rev]:
                raise FileNotFoundError
            return BytesIO(found[self.rev])

    monkeypatch.setattr(revisions, "DVCFileSystem", Tree)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("equivalence_margin: 0.5\n")
    return found


def test_the_later_is_compared_with_the_earlier(commits, capsys):
    commits |= {"v1": packed(wrong=90), None: packed(wrong=5)}
    revisions.main("v1", "workspace")
    title, blank, line, other = capsys.readouterr().out.splitlines()
    assert title == "Test accuracy, workspace against v1:"
    assert blank == ""
    assert line.startswith("- a: +85.00 points [+")
    assert line.endswith("], better (p < 0.001, 3 seeds)")
    assert other == line.replace("a:", "b:")


def test_the_margin_is_that_of_params_yaml(commits, capsys, tmp_path):
    (tmp_path / "params.yaml").write_text("equivalence_margin: 99\n")
    commits |= {"v1": packed(wrong=9), "v2": packed(wrong=9)}
    revisions.main("v1", "v2")
    assert "equal within ±99 points" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (None, "v1: unknown Git revision 'v1'"),
        (b"", "v1: has no metrics/details/hits.csv: run `dvc repro` there and commit it"),
        (
            b"architecture,seed\na,0\n",
            "v1: metrics/details/hits.csv has no column test_set, so its test images are unknown: "
            "run `dvc repro` there with this archbench, and commit it",
        ),
        (packed("xyz", wrong=9), "v1 and v2 were evaluated on different test images"),
    ],
)
def test_what_cannot_be_compared_is_refused(commits, table, message):
    commits["v2"] = packed(wrong=9)
    if table is not None:
        commits["v1"] = table
    with pytest.raises(Refused) as refused:
        revisions.main("v1", "v2")
    assert str(refused.value) == message
