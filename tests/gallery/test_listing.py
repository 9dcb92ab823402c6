"""The views of a page: what is listed, counted and linked."""

import numpy as np
import pytest

from archbench.gallery import listing
from archbench.gallery.answers import Answers


def network(name: str, seed: int, skill: float, classes: int = 4, images: int = 400) -> Answers:
    random = np.random.default_rng(seed)
    labels = np.arange(images) % classes
    logits = random.normal(size=(images, classes)) + skill * np.eye(classes)[labels]
    return Answers(name, labels, np.exp(logits) / np.exp(logits).sum(1, keepdims=True))


MISSED = np.array([17, 3, 250, 8, 91, 5, 399])
"""Of stage compare, whose order is nobody's here."""


@pytest.fixture(scope="module")
def networks():
    return [network("a", 0, 2.0), network("b", 1, 0.5)]


def listed(networks, subject, tiles=6):
    found = listing.views_of(subject, networks, MISSED, tiles)
    pairs = listing.pair_views(subject, found, list("wxyz"))
    return found, pairs


def test_each_view_shows_its_first_and_says_how_many_there_are(networks):
    found, pairs = listed(networks, networks[1])
    assert [view.name for view in found] == [
        "sure",
        "right-alone",
        "wrong-alone",
        "unsure",
        "missed",
        "beats-0",
    ]
    by_name = {view.name: view for view in found}
    alone = by_name.pop("right-alone")
    assert len(alone.images) == alone.count == (networks[0].wrong & ~networks[1].wrong).sum() > 6
    assert all(len(view.images) == min(6, view.count) for view in by_name.values())
    wrong = networks[1].wrong
    assert found[0].count == wrong.sum() == sum(view.count for view in pairs)
    left_out = f"The first 6 are shown, {wrong.sum() - 6} left out."
    assert found[0].summary() == f"{wrong.sum()} images. {left_out} {listing.SUREST}"
    assert by_name["missed"].images.tolist() == [17, 3, 250, 8, 91, 5]
    assert by_name["missed"].count == 7
    assert (~networks[0].wrong & wrong).sum() == by_name["wrong-alone"].count


def test_one_architecture_is_not_compared(networks):
    assert [view.name for view in listed(networks[:1], networks[0])[0]] == [
        "sure",
        "unsure",
        "missed",
    ]


def test_the_matrix_counts_and_leads_to_every_pair_that_is_shown(networks):
    _, pairs = listed(networks, networks[1])
    cells = listing.matrix(networks[1], list("wxyz"), pairs)
    for row in range(4):
        for column in range(4):
            both = (networks[1].labels == row) & (networks[1].prediction == column)
            assert cells[row][column].count == both.sum()
            linked = cells[row][column].view == f"pair-{row}-{column}"
            assert linked == (row != column and both.any())
    assert max(cell.shade for row in cells for cell in row if cell.view) == 0.5
    counts = [view.count for view in pairs]
    assert counts == sorted(counts, reverse=True)


def test_a_page_has_at_most_its_tiles_and_each_once(monkeypatch, networks):
    monkeypatch.setattr(listing, "MOST", 60)
    found, pairs = listed(networks, networks[1])
    order = listing.in_order(networks[1], [*found, *pairs])
    assert len(order) == 60
    assert len(set(order.tolist())) == 60
    wrong = networks[1].wrong[order]
    assert not np.any(np.diff(wrong.astype(int)) > 0)  # the mistakes first
    assert (np.diff(networks[1].confidence[order][wrong]) <= 0).all()


LABELS = np.array([0, 1, 0, 1, 0, 0])
BY_HAND = Answers(
    "n",
    LABELS,
    np.array([[0.1, 0.9], [0.2, 0.8], [0.4, 0.6], [0.45, 0.55], [0.7, 0.3], [0.6, 0.4]]),
)


def test_mistakes_come_surest_first_and_after_them_hits_unsure_first():
    everything = listing.View("all", "", "", np.arange(6), 6)
    assert listing.in_order(BY_HAND, [everything]).tolist() == [0, 2, 3, 5, 4, 1]


def test_the_matrix_has_a_row_per_actual_class():
    pairs = listing.pair_views(BY_HAND, [], ["cat", "dog"])
    assert [(view.name, view.title, view.images.tolist()) for view in pairs] == [
        ("pair-0-1", "cat → dog", [0, 2])
    ]
    cells = listing.matrix(BY_HAND, ["cat", "dog"], pairs)
    assert [[(c.actual, c.predicted, c.count, c.view) for c in row] for row in cells] == [
        [("cat", "cat", 2, None), ("cat", "dog", 2, "pair-0-1")],
        [("dog", "cat", 0, None), ("dog", "dog", 2, None)],
    ]


def test_a_view_says_what_it_found_and_how_much_of_it_it_shows():
    def view(shown: int, count: int) -> listing.View:
        return listing.View("", "", "A note.", np.arange(shown), count)

    assert view(0, 0).summary() == "None. A note."
    assert view(1, 1).summary() == "1 image. A note."
    assert view(2, 2).summary() == "2 images. A note."
    assert view(2, 1234).summary() == (
        "1,234 images. The first 2 are shown, 1,232 left out. A note."
    )
    assert (view(2, 1234).counted, view(2, 2).counted) == ("2 of 1,234", "2")


THREE = [
    Answers("x", LABELS, np.where(np.eye(2, dtype=bool)[LABELS], 0.9, 0.1)),
    BY_HAND,
    Answers("z", LABELS, np.where(np.eye(2, dtype=bool)[LABELS], 0.55, 0.45)),
]


def views(subject: Answers, tiles: int = 9) -> list[tuple]:
    found = listing.views_of(subject, THREE, np.array([5, 3]), tiles)
    return [(view.name, view.title, view.note, view.images.tolist(), view.count) for view in found]


def test_the_views_of_one_of_three_architectures():
    assert views(BY_HAND) == [
        ("sure", "Most confident mistakes", listing.SUREST, [0, 2], 2),
        ("right-alone", "Only this one is right", listing.SUREST, [], 0),
        ("wrong-alone", "Only this one is wrong", listing.SUREST, [0, 2], 2),
        ("unsure", "Unsure but right", listing.CLOSE, [], 0),
        ("missed", "Missed by every run", listing.MISSED_NOTE, [5, 3], 2),
        ("beats-0", "Right where x is wrong", listing.GAP, [], 0),
        ("beats-2", "Right where z is wrong", listing.GAP, [], 0),
    ]
    assert views(THREE[2])[5:] == [
        ("beats-0", "Right where x is wrong", listing.GAP, [], 0),
        ("beats-1", "Right where n is wrong", listing.GAP, [0, 2], 2),
    ]


def test_a_view_that_one_wants_to_see_whole_shows_more_than_the_others(monkeypatch):
    """Whoever alone is right, and on the ensemble's page what every run misses."""
    wrong = Answers("w", LABELS, np.where(np.eye(2, dtype=bool)[LABELS], 0.1, 0.9))
    right = THREE[0]
    for whole, shown in ((3, 3), (1, 2), (9, 6)):
        monkeypatch.setattr(listing, "WHOLE", whole)
        found = listing.views_of(right, [right, wrong], np.arange(6), 2)
        by_name = {view.name: len(view.images) for view in found}
        assert (by_name["right-alone"], by_name["beats-1"], by_name["missed"]) == (shown, 2, 2)
        together = Answers("ensemble", LABELS, wrong.probabilities)
        views = listing.views_of(together, [right, wrong], np.arange(6), 2)
        assert [(view.name, len(view.images)) for view in views[:2]] == [
            ("missed", shown),
            ("sure", 2),
        ]


def test_the_tables_of_the_ensemble_s_page_count_each_one_s_images():
    """x and z are right of all, n is wrong of images 0 and 2."""
    assert listing.right_alone(THREE) == [0, 0, 0]
    assert listing.right_alone([THREE[0], BY_HAND]) == [2, 0]
    assert listing.duels([THREE[0], BY_HAND]) == [[0, 2], [0, 0]]


def test_many_architectures_are_set_against_the_best_five():
    many = [THREE[0], BY_HAND] + [
        Answers(f"x{n}", LABELS, THREE[0].probabilities) for n in range(9)
    ]
    assert listing.duels(many[:10])[0] == [0, 2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert listing.duels(many) == [[0, 2, 0, 0, 0], [0] * 5, *[[0, 2, 0, 0, 0]] * 9]
    found = [view.name for view in listing.views_of(many[1], many, np.array([5, 3]), 9)]
    assert found[5:] == ["beats-0", "beats-2", "beats-3", "beats-4"]


def test_a_view_shows_so_many_tiles_and_knows_how_many_there_are():
    assert views(BY_HAND, tiles=1)[0][3:] == ([0], 2)


def test_the_ensemble_s_page_compares_with_none_and_begins_with_the_suspects():
    together = Answers("ensemble", LABELS, BY_HAND.probabilities)
    assert [view[0] for view in views(together)] == ["missed", "sure", "unsure"]


def test_pairs_get_the_room_that_the_other_views_leave(monkeypatch):
    monkeypatch.setattr(listing, "MOST", 3)
    taken = [listing.View("sure", "", "", np.array([0, 5]), 2)]
    (pair,) = listing.pair_views(BY_HAND, taken, ["cat", "dog"])
    assert (pair.images.tolist(), pair.count, pair.note) == ([0, 2], 2, listing.SUREST)
    monkeypatch.setattr(listing, "MOST", 2)
    (pair,) = listing.pair_views(BY_HAND, taken, ["cat", "dog"])
    assert (pair.images.tolist(), pair.count, pair.left_out) == ([0], 2, 1)


def test_the_most_frequent_pair_comes_first():
    labels, guesses = np.array([0, 1, 1, 2, 2, 2]), np.array([1, 2, 2, 0, 0, 1])
    pairs = listing.pair_views(Answers("n", labels, np.eye(3)[guesses]), [], list("abc"))
    assert [(pair.title, pair.count) for pair in pairs] == [
        ("b → c", 2),
        ("c → a", 2),
        ("a → b", 1),
        ("c → b", 1),
    ]


def test_a_cell_is_as_dark_as_its_share_of_the_row_and_the_largest_mistake_half():
    labels = np.repeat([0, 1, 2], [8, 4, 1])
    guesses = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 2])
    subject = Answers("n", labels, np.eye(4)[guesses])
    cells = listing.matrix(subject, list("wxyz"), [])
    assert [[cell.count for cell in row] for row in cells] == [
        [6, 2, 0, 0],
        [1, 3, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 0],
    ]
    assert [[cell.shade for cell in row] for row in cells] == [
        [1.5, 0.5, 0, 0],
        [0.5, 1.5, 0, 0],
        [0, 0, 2.0, 0],
        [0, 0, 0, 0],
    ]


def test_without_a_mistake_the_diagonal_alone_is_dark():
    right = Answers("n", LABELS, np.eye(2)[LABELS])
    shades = [[cell.shade for cell in row] for row in listing.matrix(right, ["a", "b"], [])]
    assert shades[0][1] == shades[1][0] == 0
    assert shades[0][0] == shades[1][1] > 1


def test_beside_a_matrix_fewer_pairs_are_listed():
    pairs = [listing.View(f"pair-{n}", "", "", np.array([0]), 1) for n in range(99)]
    few, many = map(str, range(listing.DRAWN_CLASSES)), map(str, range(listing.DRAWN_CLASSES + 1))
    assert listing.frequent(pairs, list(few)) == pairs[: listing.LISTED_BESIDE_MATRIX]
    assert listing.frequent(pairs, list(many)) == pairs[: listing.LISTED_PAIRS]


def test_a_shade_has_three_digits():
    labels, guesses = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 2, 0, 1, 0])
    cells = listing.matrix(Answers("n", labels, np.eye(3)[guesses]), list("abc"), [])
    assert [[cell.shade for cell in row] for row in cells[:2]] == [[0.5, 0, 0.25], [0.5, 0.25, 0]]
    thirds = Answers("n", np.zeros(7, int), np.eye(3)[[0, 1, 1, 1, 2, 2, 2]])
    assert listing.matrix(thirds, list("abc"), [])[0][0].shade == 0.167
