"""A file that cannot be judged is refused in one line that names it, the place and the value."""

import json
from pathlib import Path

import numpy as np
import pytest

from archbench.base.errors import Refused
from archbench.judge import labels, reading, runs

ROWS = [[i, i % 3] for i in range(12)]
NONE = "no column `prediction`, and no column for each class"


def text(*lines):
    return lambda folder, path: folder.write(path, *lines)


def array(make):
    return lambda folder, path: np.save(path, make(folder), allow_pickle=True)


def changed(place, value):
    def make(folder):
        probabilities = folder.probabilities.copy()
        probabilities[place] = value
        return probabilities

    return array(make)


CASES = {
    "empty.csv": (text(), "is empty, or begins with an empty line"),
    "header.csv": (text("prediction"), "has no rows"),
    "short.csv": (
        text("prediction", 0, 1),
        "has 2 rows: should have 12, one for each image of labels.npy",
    ),
    "unknown.csv": (
        text("prediction", *[0] * 11, 7),
        "row 12: '7': is no class; classes are 0 to 2",
    ),
    "minus.csv": (
        text("prediction", -1, *[0] * 11),
        "row 1: '-1': is no class; classes are 0 to 2",
    ),
    "half.csv": (
        text("prediction", *[0] * 11, 1.5),
        "row 12: '1.5': is no class; classes are 0 to 2",
    ),
    "gap.csv": (
        text("index,prediction", "0,", *ROWS[1:]),
        "row 1: '': should be a class's name or number",
    ),
    "few.csv": (
        text("index,prediction", "0", *ROWS[1:]),
        "row 1: '': should be a class's name or number",
    ),
    "many.csv": (
        text("index,prediction", *([*row, 5] for row in ROWS)),
        "is no CSV: Length of header or names",
    ),
    "ragged.csv": (text("index,prediction", "0,1", "1,2,3"), "is no CSV: Error tokenizing data."),
    "twice.csv": (text("index,index,prediction"), "has the column 'index' twice"),
    "none.csv": (text("index,label", *ROWS), f"has no predictions: {NONE}"),
    "same.csv": (
        text("index,prediction", *ROWS[:11], [3, 1]),
        "row 12: '3': index: row 4 has it too",
    ),
    "gone.csv": (text("index,prediction", *ROWS[:11]), "has no row with index 11"),
    "far.csv": (
        text("index,prediction", *ROWS[:11], [12, 1]),
        "row 12: '12': index: should be from 0 to 11",
    ),
    "below.csv": (
        text("index,prediction", *ROWS[:11], [-1, 1]),
        "row 12: '-1': index: should be from 0 to 11",
    ),
    "word.csv": (
        text("index,prediction", *ROWS[:11], ["x", 1]),
        "row 12: 'x': index: should be from 0 to 11",
    ),
    "label.csv": (
        text("prediction,label", *([0, i % 3] for i in range(11)), "0,0"),
        "row 12: '0': label: labels.npy has 2 for this image",
    ),
    "cell.csv": (text("0,1,2", *["1,0,0"] * 11, "x,0,1"), "row 12: 'x': column '0': is no number"),
    "nan.csv": (
        text("0,1,2", *["1,0,0"] * 11, "nan,0,1"),
        "row 12: 'nan': column '0': is no number",
    ),
    "true.csv": (text("0,1,2", *["True,0,0"] * 12), "row 1: 'True': column '0': is no number"),
    "two.csv": (text("0,1", *["1,0"] * 12), "has no column for the class '2'; classes are 0 to 2"),
    "named.csv": (
        text("cat,dog,cow", *["1,0,0"] * 12),
        "has no column for the class '0'; classes are 0 to 2",
    ),
    "quote.csv": (text('"a'), "is no CSV: Error tokenizing data. C error: EOF inside string"),
    "latin.csv": (
        lambda f, p: Path(p).write_bytes(b"prediction\n\xff\n"),
        "cannot be read as UTF-8: invalid start byte",
    ),
    "dict.json": (text('{"a": 1}'), "should be a list of classes, or of lists of probabilities"),
    "cut.json": (text("[1, 2"), "is no JSON: Expecting ',' delimiter"),
    "deep.json": (text("[" * 100_000), "is no JSON: "),
    "none.json": (text("[]"), "has no rows"),
    "null.json": (text("[0, null]"), "row 2: None: should be a class's name or number"),
    "true.json": (text("[0, true]"), "row 2: True: should be a class's name or number"),
    "nan.json": (text("[0, NaN]"), "row 2: nan: should be a class's name or number"),
    "list.json": (text("[[1, 0], [1]]"), "row 2: [1]: should be a list of 2 probabilities"),
    "text.json": (text('[[1, 0], [1, "0"]]'), "row 2: '0': should be a probability"),
    "huge.json": (
        text(f"[[1, 0], [1, {10**400}]]"),
        "has a number that is too large for a probability",
    ),
    "nan.npy": (
        changed((3, 1), np.nan),
        "row 4: nan: should be a probability, from 0 to 1: of logits take the softmax",
    ),
    "minus.npy": (changed((0, 0), -0.25), "row 1: -0.25: should be a probability, from 0 to 1"),
    "sum.npy": (
        changed(3, [0.5, 0.25, 0.2]),
        "row 4: 0.95: is their sum, should be 1 ± 0.001: of logits take",
    ),
    "near.npy": (changed(3, [0.5, 0.25, 0.252]), "row 4: 1.002: is their sum, should be 1"),
    "cube.npy": (
        array(lambda f: np.zeros((2, 2, 2))),
        "float64 of shape (2, 2, 2): should be (images,) classes or",
    ),
    "date.npy": (array(lambda f: np.zeros(12, "M8[s]")), "datetime64[s] of shape (12,): should be"),
    "pickle.npy": (
        array(lambda f: np.array([{}] * 12)),
        "cannot be read: Object arrays cannot be loaded",
    ),
    "words.npy": (text("hello"), "cannot be read: "),
    "words.npz": (text("hello"), "cannot be read: "),
    "many.npz": (
        lambda f, p: np.savez(p, a=f.labels, b=f.labels),
        "has the arrays ['a', 'b']: should have one of predictions",
    ),
    "long.npz": (lambda f, p: np.savez(p, a=f.labels, index=[0, 1]), "has arrays of 2 and 12 rows"),
    "x.txt": (text("hello"), "should end in one of .csv, .json, .npy, .npz"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_is_refused(folder, name):
    make, message = CASES[name]
    make(folder, name)
    known = labels.find("labels.npy", [])
    with pytest.raises(Refused) as refused:
        runs.judge(reading.read(Path(name)), known)
    assert str(refused.value).startswith(f"{name}: {message}")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_none(folder):
    (folder.path / "folder.csv").mkdir()
    for name in ("gone.csv", "folder.csv"):
        with pytest.raises(Refused, match=f"^{name}: there is no such file$"):
            reading.read(Path(name))


def test_an_array_under_another_ending_is_refused(folder):
    np.savez("a.npz", folder.labels)
    Path("a.npz").rename("a.npy")
    with pytest.raises(Refused, match=r"^a\.npy: is no \.npy file, whatever its name says$"):
        reading.read(Path("a.npy"))


def test_a_name_of_many_lines_is_one_line_in_a_refusal(folder):
    name = "a\nb\x1b[31m.json"
    folder.write(name, json.dumps({}))
    with pytest.raises(Refused) as refused:
        reading.read(Path(name))
    assert str(refused.value).isprintable()
