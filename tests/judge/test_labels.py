"""Where the true classes come from, and which values stand for a class."""

from pathlib import Path

import numpy as np
import pytest
from example_records import dataset

from archbench.base import files, paths
from archbench.base.errors import Refused
from archbench.judge import labels


def find(asked, *predictions: str) -> labels.Labels:
    return labels.find(asked, map(Path, predictions))


@pytest.fixture
def downloaded(folder):
    """The data set `pets` as stage download leaves it: its classes are cat, dog and frog."""
    files.write_array(paths.TEST_LABELS, folder.labels.astype(np.uint8))
    digest = files.sha256(paths.TEST_LABELS)
    dataset(sha256={"test/labels.npy": digest}).write(paths.DATASET)
    return folder


def test_of_a_data_set_names_and_numbers_stand_for_classes(downloaded):
    found = find("pets")
    assert found.numbers.tolist() == downloaded.labels.tolist()
    assert found.classes.numbers(["frog", "2", "0.0", "dog"], "x").tolist() == [2, 2, 0, 1]
    assert found.classes.columns(["frog", "cat", "1"], 3, "x") == [1, 2, 0]
    assert found.classes.columns(None, 3, "x") == [0, 1, 2]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            ["cat", "dog", "frog", "cow"],
            "has the column 'cow', which is no class; classes are: cat",
        ),
        (["cat", "dog", "frog", "2"], "has two columns for the class 'frog'"),
        (["cat", "dog"], "has no column for the class 'frog'"),
    ],
)
def test_all_classes_of_a_data_set_are_known(downloaded, columns, message):
    with pytest.raises(Refused, match=f"^x: {message}"):
        find("pets").classes.columns(columns, len(columns), "x")
    with pytest.raises(Refused, match=r"^x: has the column 3, which is no class"):
        find("pets").classes.columns(None, 4, "x")
    with pytest.raises(
        Refused, match=r"^x: row 2: 'cow': is no class; classes are: cat, dog, frog$"
    ):
        find("pets").classes.numbers(["cat", "cow"], "x")


def test_another_data_set_than_that_in_data_is_refused(downloaded):
    with pytest.raises(Refused, match=r"'cats': there is no such file, and .* data is 'pets'$"):
        find("cats")


def test_damaged_labels_are_refused(downloaded):
    np.save(paths.TEST_LABELS, downloaded.labels[::-1].astype(np.uint8))
    with pytest.raises(Refused, match=r"data/test/labels\.npy is damaged"):
        find("pets")


def test_without_data_a_name_is_refused(folder):
    with pytest.raises(Refused, match=r"--labels 'pets': .* no data set here: data/dataset\.json"):
        find("pets")


def test_labels_of_a_file_are_put_in_order(folder):
    rows = [[i, label] for i, label in enumerate(folder.labels)]
    folder.write("with_index.csv", "index,label", *rows[::-1])
    assert find("with_index.csv").numbers.tolist() == folder.labels.tolist()


def test_names_have_the_alphabet_s_order_and_no_numbers(folder):
    folder.write("names.csv", "label", "dog", "cat", "7", "dog")
    found = find("names.csv")
    assert found.classes.names == ("7", "cat", "dog")
    assert found.numbers.tolist() == [2, 1, 0, 2]
    with pytest.raises(Refused, match=r"^x: row 1: '1': is no class"):
        found.classes.numbers(["1"], "x")
    with pytest.raises(Refused, match=r"^x: does not say which column is which class"):
        found.classes.columns(None, 3, "x")


def test_labels_are_of_the_first_file_that_has_some(folder):
    folder.write("a.csv", "prediction", 0, 1)
    folder.write("b.csv", "prediction,label", "0,1", "1,0")
    folder.write("c.csv", "prediction,label", "0,0", "1,0")
    found = find(None, "a.csv", "b.csv", "c.csv")
    assert (found.source, found.numbers.tolist()) == ("b.csv", [1, 0])
    with pytest.raises(Refused, match=r"^there are no labels: give --labels, or a column `label`"):
        find(None, "a.csv")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0, -1], "row 2: '-1': should be the number of a class, from 0 to 99999"),
        ([0, 100_000], "row 2: '100000': should be the number of a class"),
    ],
)
def test_what_can_be_no_label_is_refused(folder, values, message):
    np.save("labels.npy", np.array(values))
    with pytest.raises(Refused, match=rf"^labels\.npy: {message}"):
        find("labels.npy")


def test_probabilities_are_no_labels(folder):
    np.save("labels.npy", folder.probabilities)
    with pytest.raises(Refused, match=r"^labels\.npy: has no labels: should have one class per"):
        find("labels.npy")
