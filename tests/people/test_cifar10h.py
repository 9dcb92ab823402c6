"""People's labels come whole and checked from where the user says, or not at all."""

import hashlib

import numpy as np
import pytest

from archbench.base.errors import Refused
from archbench.download import remote
from archbench.download.catalogue import CIFAR10
from archbench.people import cifar10h

CLASSES = CIFAR10.classes
NAME = "cifar10h-counts.npy"


def counts() -> np.ndarray:
    """Of 20 images whose labels are 0, 1, … 9, 0, … : nearly everybody says so."""
    made = np.ones((20, 10), int)
    made[np.arange(20), np.arange(20) % 10] = 42
    return made


@pytest.fixture
def official(tmp_path, monkeypatch):
    """The file as its authors serve it; a repository beside it is the current folder."""
    (tmp_path / "site").mkdir()
    (tmp_path / "root").mkdir()
    path = tmp_path / "site" / NAME
    np.save(path, counts())
    monkeypatch.chdir(tmp_path / "root")
    monkeypatch.setattr(remote, "PAUSES", (0,))
    monkeypatch.setattr(cifar10h, "URL", path.as_uri())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(cifar10h, "CHECKSUM", f"sha256:{digest}")
    return path


def test_what_is_pinned_is_one_commit_of_the_authors():
    assert cifar10h.URL == (
        "https://raw.githubusercontent.com/jcpeterson/cifar-10h/"
        "48da312b193b82e6939ec20f23d1f09cbdd849c8/data/cifar10h-counts.npy"
    )


@pytest.mark.parametrize("place", ["", "data"])
def test_the_user_s_folder_goes_first(official, tmp_path, monkeypatch, place):
    folder = tmp_path / "mine" / place
    folder.mkdir(parents=True)
    official.rename(folder / NAME)
    np.testing.assert_array_equal(cifar10h.load(str(tmp_path / "mine")), counts())


@pytest.mark.parametrize("data_directory", [None, ".", "nowhere"])
def test_without_it_the_authors_are_asked_and_nothing_is_left(official, tmp_path, data_directory):
    np.testing.assert_array_equal(cifar10h.load(data_directory), counts())
    assert list((tmp_path / "root").iterdir()) == []


def test_if_nobody_has_it_one_line_says_how_to_bring_it(official, tmp_path):
    official.unlink()
    with pytest.raises(
        Refused, match=r"^human_labels: no labels by people: file:.*No such"
    ) as said:
        cifar10h.load(None)
    assert str(said.value).endswith(
        f". By hand: put {NAME} of github.com/jcpeterson/cifar-10h into a folder, and set "
        "data_directory in params.yaml to it"
    )
    assert "\n" not in str(said.value)
    assert list((tmp_path / "root").iterdir()) == []


def test_other_bytes_are_refused_though_numpy_could_read_them(official, tmp_path):
    np.save(tmp_path / NAME, counts() + 1)
    with pytest.raises(Refused, match=rf"{NAME}: sha256 is \w+, expected "):
        cifar10h.load(str(tmp_path))


def test_a_pickle_is_never_opened(official, monkeypatch):
    np.save(official, np.array([{}]), allow_pickle=True)
    digest = hashlib.sha256(official.read_bytes()).hexdigest()
    monkeypatch.setattr(cifar10h, "CHECKSUM", f"sha256:{digest}")
    with pytest.raises(Refused, match="allow_pickle=False"):
        cifar10h.load(None)


def test_images_in_another_order_or_number_are_refused():
    labels = np.arange(20) % 10
    cifar10h.must_fit(counts(), labels)
    with pytest.raises(Refused, match="is the label of 0% of the test images only"):
        cifar10h.must_fit(counts(), (labels + 1) % 10)
    with pytest.raises(
        Refused, match=r"people labelled \(20, 10\), the test images are \(19, 10\)"
    ):
        cifar10h.must_fit(counts(), labels[1:])


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({3: 51}, "cat 51"),
        ({5: 18, 3: 31}, "cat 31, dog 18"),
        ({9: 2, 0: 2, 1: 40, 4: 1, 7: 3}, "automobile 40, horse 3, airplane 2, others 3"),
    ],
)
def test_what_people_said_in_words_the_commonest_first(named, words):
    row = np.zeros(10, int)
    row[list(named)] = list(named.values())
    assert cifar10h.said(row, CLASSES) == words


def test_the_table_has_the_words_and_the_counts_of_each_image():
    table = cifar10h.table(counts())
    assert table.columns.tolist() == ["index", "people", *CLASSES]
    assert table["index"].tolist() == list(range(20))
    assert table["people"][11] == "automobile 42, airplane 1, bird 1, others 7"
    np.testing.assert_array_equal(table[list(CLASSES)], counts())
    assert cifar10h.table(np.zeros((0, 10), int)).empty
