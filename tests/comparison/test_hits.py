import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from allocated import at_most

from archbench.base.predictions import hits_of
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
    hits.pack(tables, "abc").to_csv(tmp_path / "hits.csv", index=False)
    found = hits.unpack(pd.read_csv(tmp_path / "hits.csv"))
    for name, table in tables.items():
        assert found[name].dtype == bool
        assert (found[name] == hits_of(table)).all()


def test_ten_thousand_images_are_a_short_line():
    packed = hits.pack({"one": predictions(1, images=10_000)}, "abc")
    assert len(str(packed.loc[0, "hits"])) < 1700


def test_the_digest_copies_no_image():
    images, labels = np.zeros((1000, 32, 32, 3), np.uint8), np.zeros(1000, np.uint8)
    with at_most(images.nbytes // 4):
        hits.digest(images, labels)


def test_the_digest_is_of_the_images_and_the_labels_in_their_order():
    random = np.random.default_rng(0)
    images = random.integers(256, size=(50, 4, 4, 3), dtype=np.uint8)
    labels = np.zeros(50, np.uint8)
    test_set = hits.digest(images, labels)
    assert hits.digest(images.copy(), labels.copy()) == test_set
    assert len(test_set) == 16
    swapped, other = images[::-1].copy(), labels.copy()
    other[7] = 1
    assert hits.digest(swapped, labels) != test_set
    assert hits.digest(images, other) != test_set
    assert hits.digest(images.reshape(50, 2, 8, 3), labels) != test_set


def test_shares_stand_by_image_and_seed():
    rows = [(1, 9, 0.5), (0, 9, 1.0), (0, 4, 0.25), (1, 4, 0.0)]
    table = pd.DataFrame(rows, columns=["seed", "index", "share"])
    found = hits.shares(table.assign(other=9.0))
    assert found.tolist() == [[0.25, 0.0], [1.0, 0.5]]


def right(accuracy: float, seed: int, seeds: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(5000, seeds)) < accuracy


def test_a_line_says_what_a_change_did():
    old = {"up": right(0.6, 0, 5), "same": right(0.8, 1, 5), "down": right(0.9, 2, 5)}
    old["gone"] = right(0.1, 3)
    new = {"up": right(0.9, 4, 5), "same": old["same"], "down": right(0.6, 5, 5)}
    new["new"] = right(0.1, 6)
    found = dict(line.split(": ", 1) for line in revisions.lines(old, new, 0.02))
    assert found["up"].startswith("+")
    assert found["up"].endswith("], better (p < 0.001, 5 seeds)")
    assert found["same"].startswith("+0.00 points [-")
    assert found["same"].endswith("], equal within ±2 points (p = 1.000, 5 seeds)")
    assert found["down"].startswith("-")
    assert found["down"].endswith("], worse (p < 0.001, 5 seeds)")
    assert (found["gone"], found["new"]) == ("gone", "new")


def test_one_seed_is_a_word_about_networks():
    (line,) = revisions.lines({"a": right(0.7, 0)}, {"a": right(0.8, 1)}, 0.005)
    assert line.endswith(
        "these networks differ; another seed could turn it round (p < 0.001, one seed)"
    )
    (line,) = revisions.lines({"a": right(0.7, 0)}, {"a": right(0.7, 1)}, 0.0001)
    assert "], not decided (p = " in line


def test_a_line_and_its_p_agree_however_many_architectures_there_are():
    """One interval and one p for all: of each ten, some differ by about what can be told."""
    old = {str(n): right(0.80, n, 5) for n in range(10)}
    new = {str(n): right(0.80 + 0.006 * n, 50 + n, 5) for n in range(10)}
    for line in revisions.lines(old, new, 0.0001):
        low, high = map(float, line.split("[")[1].split("]")[0].split(", "))
        assert ("not decided" in line) == (low <= 0 <= high)


def test_the_lines_hold_together_so_more_of_them_are_wider():
    old, new = ({name: right(0.8, n + k, 3) for k, name in enumerate("ab")} for n in (0, 9))
    widths = []
    for names in ("a", "ab"):
        before, after = ({name: of[name] for name in names} for of in (old, new))
        first, *_ = revisions.lines(before, after, 0.1)
        low, high = map(float, first.split("[")[1].split("]")[0].split(", "))
        widths.append(high - low)
    assert widths[0] < widths[1]


def test_nothing_in_common_is_no_comparison():
    assert revisions.lines({"a": right(0.7, 0)}, {"b": right(0.7, 1)}, 0.005) == [
        "b: new",
        "a: gone",
    ]


def test_an_unknown_revision_is_named():
    """As its user does: in a process of its own, for DVC leaves git's files open in this one."""
    command = [sys.executable, "-m", "archbench.comparison.revisions", "no-such-revision"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("no-such-revision: ")
    assert found.stderr.count("\n") == 1


def repository(folder, *tables: pd.DataFrame) -> None:
    """A commit for each table, as metrics/details/hits.csv."""
    (folder / "metrics/details").mkdir(parents=True)
    (folder / "params.yaml").write_text("equivalence_margin: 0.5\n")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "--quiet"], cwd=folder, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "--quiet"], cwd=folder, check=True)
    for table in tables:
        table.to_csv(folder / hits.HITS, index=False)
        subprocess.run([*git, "add", "."], cwd=folder, check=True)
        subprocess.run([*git, "commit", "--quiet", "-m", "a"], cwd=folder, check=True)


def compared(folder) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archbench.comparison.revisions", "HEAD~1", "HEAD"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_two_commits_are_compared_if_their_test_images_are_the_same(tmp_path):
    one, other = (hits.pack({"a": predictions(n)}, "abc") for n in (1, 2))
    repository(tmp_path, one, other)
    found = compared(tmp_path)
    assert found.returncode == 0, found.stderr
    assert found.stdout.startswith("Test accuracy, HEAD against HEAD~1:\n\n- a: ")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"test_set": "other"}, "HEAD~1 and HEAD were evaluated on different test images"),
        (None, "HEAD~1: metrics/details/hits.csv has no column test_set"),
    ],
)
def test_swapped_images_and_unknown_ones_are_no_comparison(tmp_path, change, message):
    new = hits.pack({"a": predictions(1)}, "abc")
    old = new.assign(**change) if change else new.drop(columns="test_set")
    repository(tmp_path, old, new)
    found = compared(tmp_path)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith(message)
    assert found.stderr.count("\n") == 1
