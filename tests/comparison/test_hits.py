import subprocess
import sys

import numpy as np
import pandas as pd

from archbench.comparison import hits, revisions


def predictions(seeds: int, images: int = 1003) -> pd.DataFrame:
    random = np.random.default_rng(seeds)
    labels = random.integers(10, size=images, dtype=np.uint8)
    tables = [
        pd.DataFrame({"seed": seed, "index": np.arange(images), "label": labels})
        for seed in range(seeds)
    ]
    together = pd.concat(tables)
    wrong = random.uniform(size=len(together)) < 0.3
    return together.assign(prediction=together["label"] + wrong)


def test_what_is_packed_comes_back_also_from_a_file(tmp_path):
    tables = {"one": predictions(1), "two": predictions(3)}
    hits.pack(tables).to_csv(tmp_path / "hits.csv", index=False)
    found = hits.unpack(pd.read_csv(tmp_path / "hits.csv"))
    for name, table in tables.items():
        assert found[name].dtype == bool
        assert (found[name] == hits.of(table)).all()


def test_ten_thousand_images_are_a_short_line():
    packed = hits.pack({"one": predictions(1, images=10_000)})
    assert len(packed.loc[0, "hits"]) < 1700


def test_the_digest_is_of_the_labels_in_the_order_of_the_images():
    table = predictions(1)
    shuffled = table.sample(frac=1, random_state=0)
    other = table.assign(label=table["label"].to_numpy()[::-1])
    first, same, different = (hits.pack({"a": one}).loc[0] for one in (table, shuffled, other))
    assert (first["labels"], first["hits"]) == (same["labels"], same["hits"])
    assert first["labels"] != different["labels"]


def right(accuracy: float, seed: int, seeds: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(5000, seeds)) < accuracy


def test_a_line_says_what_a_change_did():
    old = {
        "better": right(0.7, 0),
        "same": right(0.8, 1),
        "worse": right(0.8, 2),
        "gone": right(0.1, 3),
    }
    new = {
        "better": right(0.8, 4),
        "same": old["same"],
        "worse": right(0.7, 5),
        "new": right(0.1, 6),
    }
    said = dict(line.split(": ", 1) for line in revisions.lines(old, new))
    assert said["better"].startswith("+")
    assert "], better (p < 0.001, one seed)" in said["better"]
    assert (
        said["same"]
        == "+0.00 points [+0.00, +0.00], no detectable difference (p = 1.000, one seed)"
    )
    assert said["worse"].startswith("-")
    assert "], worse (p" in said["worse"]
    assert (said["gone"], said["new"]) == ("gone", "new")


def test_several_seeds_are_said():
    (line,) = revisions.lines({"a": right(0.7, 0, seeds=3)}, {"a": right(0.7, 1, seeds=3)})
    assert line.endswith("3 seeds)")
    assert "no detectable difference" in line


def test_nothing_in_common_is_no_comparison():
    assert revisions.lines({"a": right(0.7, 0)}, {"b": right(0.7, 1)}) == ["b: new", "a: gone"]


def test_an_unknown_revision_is_named():
    """As its user does: in a process of its own, for DVC leaves git's files open in this one."""
    command = [sys.executable, "-m", "archbench.comparison.revisions", "no-such-revision"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("no-such-revision: ")
    assert found.stderr.count("\n") == 1
