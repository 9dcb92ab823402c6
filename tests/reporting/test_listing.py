"""The views of a page: what is listed, counted and linked."""

import numpy as np
import pytest

from archbench.reporting import listing
from archbench.reporting.views import Network


def network(name: str, seed: int, skill: float, classes: int = 4, images: int = 400) -> Network:
    random = np.random.default_rng(seed)
    labels = np.arange(images) % classes
    logits = random.normal(size=(images, classes)) + skill * np.eye(classes)[labels]
    return Network(name, labels, np.exp(logits) / np.exp(logits).sum(1, keepdims=True))


MISSED = np.array([17, 3, 250, 8, 91, 5, 399])
"""Of stage compare, whose order is nobody's here."""


@pytest.fixture(scope="module")
def networks():
    return [network("a", 0, 2.0), network("b", 1, 0.5)]


def listed(networks, subject, tiles=6):
    found = listing.views_of(subject, networks, MISSED, tiles)
    pairs = listing.pair_views(subject, found, list("wxyz"), tiles)
    return found, pairs


def test_each_view_shows_its_first_and_says_how_many_there_are(networks):
    found, pairs = listed(networks, networks[1])
    assert [view.name for view in found] == [
        "sure",
        "unsure",
        "missed",
        "alone",
        "beats-0",
    ]
    assert all(len(view.images) == min(6, view.found) for view in found)
    wrong = networks[1].wrong
    assert found[0].found == wrong.sum() == sum(view.found for view in pairs)
    assert found[0].said() == f"{wrong.sum()} found, 6 shown. The most confident first."
    by_name = {view.name: view for view in found}
    assert by_name["missed"].images.tolist() == [17, 3, 250, 8, 91, 5]
    assert by_name["missed"].found == 7
    assert (~networks[0].wrong & wrong).sum() == by_name["alone"].found


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
    counts = [cell.count for cell in listing.frequent(cells)]
    assert counts == sorted(counts, reverse=True)


def test_a_page_has_at_most_its_tiles_and_each_once(monkeypatch, networks):
    monkeypatch.setattr(listing, "MOST", 40)
    found, pairs = listed(networks, networks[1])
    order = listing.in_order(networks[1], [*found, *pairs])
    assert len(order) == 40
    assert len(set(order.tolist())) == 40
    wrong = networks[1].wrong[order]
    assert not np.any(np.diff(wrong.astype(int)) > 0)  # the mistakes first
    assert (np.diff(networks[1].confidence[order][wrong]) <= 0).all()


LABELS = np.array([0, 1, 0, 1, 0, 0])
BY_HAND = Network(
    "n",
    LABELS,
    np.array([[0.1, 0.9], [0.2, 0.8], [0.4, 0.6], [0.45, 0.55], [0.7, 0.3], [0.6, 0.4]]),
)


def test_mistakes_come_surest_first_and_after_them_hits_unsure_first():
    everything = listing.View("all", "", "", np.arange(6), 6)
    assert listing.in_order(BY_HAND, [everything]).tolist() == [0, 2, 3, 5, 4, 1]


def test_the_matrix_has_a_row_per_actual_class():
    pairs = listing.pair_views(BY_HAND, [], ["cat", "dog"], 9)
    assert [(view.name, view.title, view.images.tolist()) for view in pairs] == [
        ("pair-0-1", "cat → dog", [0, 2])
    ]
    cells = listing.matrix(BY_HAND, ["cat", "dog"], pairs)
    assert [[(c.actual, c.predicted, c.count, c.view) for c in row] for row in cells] == [
        [("cat", "cat", 2, None), ("cat", "dog", 2, "pair-0-1")],
        [("dog", "cat", 0, None), ("dog", "dog", 2, None)],
    ]
