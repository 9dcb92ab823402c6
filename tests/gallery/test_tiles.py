"""A tile's words and places, of four images and two networks made by hand."""

import numpy as np
import pytest

from archbench.gallery import tiles
from archbench.gallery.answers import Answers
from archbench.gallery.sprite import Sprite
from archbench.style.quantities import percent

CLASSES = ["cat", "dog", "frog"]
LABELS = np.array([0, 1, 2])
A = Answers("a", LABELS, np.array([[0.8, 0.2, 0.0], [0.1, 0.2, 0.7], [0.2, 0.5, 0.3]]))
B = Answers("b", LABELS, np.array([[0.1, 0.9, 0.0], [0.1, 0.6, 0.3], [0.6, 0.1, 0.3]]))


@pytest.fixture
def tile():
    """Of image 2, the second on its page."""
    shelf = tiles.Shelf(
        indices=np.array([1, 2]),
        subject=A,
        each=[A, B],
        classes=CLASSES,
        train_labels=np.array([2, 2, 0, 2, 2, 1]),
        explanation=tiles.Explanation(
            neighbours=np.array([[0, 0], [2, 2], [5, 2]]),
            cosines=np.array([[0.0, 0.0], [0.5, 0.4], [0.875, 0.25]]),
        ),
        neighbours=np.array([2, 5]),
        shades={1: Sprite("shade", 3, 4, 4)},
        places={1: {"sure": 4}, 2: {"sure": 0, "pair-2-1": 7}},
        pictures=Sprite("picture", 3, 8, 8),
        neighbour_pictures=Sprite("neighbour", 2, 8, 8),
        people=["cat 51", "dog 31, cat 20", "frog 26, dog 25"],
    )
    first, second = shelf.tiles()
    assert (first.index, first.places, first.views) == (1, "--sure: 4", "sure")
    return second


def test_it_names_the_label_the_guess_and_where_its_picture_is(tile):
    assert (tile.index, tile.place) == (2, "--x:1;--y:0")
    assert (tile.label, tile.prediction, tile.right) == ("frog", "dog", False)
    assert (tile.confidence, tile.views) == (0.5, "sure pair-2-1")


def test_it_says_what_people_said_of_this_image(tile):
    assert tile.people == "frog 26, dog 25"


def test_the_most_probable_classes_come_first(tile):
    assert tile.top == [("dog", 0.5, "50.0 %"), ("frog", 0.3, "30.0 %"), ("cat", 0.2, "20.0 %")]


def test_of_many_votes_a_line_is_a_guess_the_commonest_first():
    votes = [
        tiles.Vote(0, "a", "dog", False),
        tiles.Vote(1, "b", "cat", True),
        tiles.Vote(2, "c", "cat", True),
    ]
    assert tiles.by_guess(votes) == [("cat", True, ["b", "c"]), ("dog", False, ["a"])]


def test_each_network_votes_for_its_own_guess(tile):
    assert tile.votes == [(0, "a", "dog", False), (1, "b", "cat", False)]


def test_it_tells_the_filter_its_classes_and_who_is_right(tile):
    assert (tile.numbers, tile.rights) == ((2, 1), "00")


def test_a_right_vote_is_a_1_at_its_place():
    labels = np.array([0])
    right, wrong = (
        Answers(n, labels, np.array([p])) for n, p in (("r", [0.9, 0.1]), ("w", [0.2, 0.8]))
    )
    shelf = tiles.Shelf(
        indices=np.array([0]),
        subject=wrong,
        each=[wrong, right, wrong],
        classes=CLASSES,
        train_labels=np.array([0]),
        explanation=tiles.Explanation(neighbours=np.array([[0]]), cosines=np.array([[1.0]])),
        neighbours=np.array([0]),
        shades={},
        places={0: {"sure": 0}},
        pictures=Sprite("picture", 1, 8, 8),
        neighbour_pictures=Sprite("neighbour", 1, 8, 8),
    )
    (tile,) = shelf.tiles()
    assert (tile.rights, tile.numbers, tile.right, tile.confidence) == ("010", (0, 1), False, 0.8)


def test_the_nearest_training_image_comes_first_with_its_own_picture_label_and_cosine(tile):
    assert tile.neighbours == [
        ("--x:1;--y:0", 5, "dog", "0.875"),
        ("--x:0;--y:0", 2, "cat", "0.250"),
    ]


def test_a_map_is_of_the_network_whose_guess_it_explains(tile):
    assert tile.shades == [(1, "--x:1;--y:0", "cat")]


def test_a_share_that_is_not_whole_never_reads_100_percent():
    assert percent(0.5) == "50.0 %"
    assert percent(1.0) == "100.0 %"
    assert not percent(0.99999).startswith("100.0")
