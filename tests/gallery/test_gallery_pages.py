"""The pages need nothing but each other, run nothing, and lead where they say."""

import base64
import dataclasses
import hashlib
import re

import numpy as np
import pytest
from gallery_material import material
from html_reader import Reader
from payloads import FEW
from test_sprite import cut

from archbench.gallery import answers, listing, sprite
from archbench.gallery import pages as gallery_pages

PAGES = ("index", "a", "b")


class Links(Reader):
    """Besides, every link, and the views of every tile."""

    def __init__(self, text: str) -> None:
        self.links: list[str] = []
        self.labels: list[str] = []
        super().__init__(text)

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        named = dict(attrs)
        if tag == "a":
            self.links.append(named["href"] or "")
        if named.get("role") == "img":
            self.labels.append(named.get("aria-label") or "")


def pages_of(shown: gallery_pages.Material) -> dict[str, str]:
    return dict(gallery_pages.pages(shown))


@pytest.fixture(scope="module")
def pages():
    return pages_of(material())


def test_a_page_per_architecture_and_one_for_all_the_same_each_time(pages):
    assert tuple(pages) == PAGES
    assert pages_of(material()) == pages


@pytest.fixture(scope="module")
def ids(pages):
    """By page."""
    return {page: set(Reader(text).ids) for page, text in pages.items()}


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_fetched_and_one_script_runs_which_is_ours(pages, page):
    read = Links(pages[page])
    assert not read.tags & {"iframe", "link", "object", "embed", "base", "img"}
    names = {name for name, _ in read.attributes}
    assert not [name for name in names if name.startswith("on") or name in ("src", "action")]
    assert "default-src 'none'; img-src data:" in pages[page]
    assert "url(" in pages[page]
    assert pages[page].count("url(") == pages[page].count("url(data:image/")
    (script,) = re.findall(r"<script>(.*?)</script>", pages[page], re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in pages[page]


BESIDE = {"../report/report.html", "suspects.csv"}


def astray(page: str, read: Links, ids: dict[str, set[str]]) -> list[str]:
    """The links to a place that no page has."""
    parts = [link.partition("#") for link in set(read.links) - BESIDE]
    return [
        file + "#" + place
        for file, _, place in parts
        if place and place not in ids[file.removesuffix(".html") or page]
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_something_and_every_picture_has_words(pages, ids, page):
    read = Links(pages[page])
    assert len(read.ids) == len(set(read.ids))
    assert set(read.links) >= BESIDE
    assert not astray(page, read, ids)
    assert read.labels
    assert all(read.labels)


@pytest.mark.parametrize("page", PAGES)
def test_every_image_has_one_anchor_and_tells_the_filter_what_it_is(pages, page):
    shown = material()
    subject = {one.name: one for one in shown.each}.get(page, answers.ensemble(shown.each))
    read = Links(pages[page])
    anchors = [name for name in read.ids if name.startswith("image-")]
    images = [label for label in read.labels if label.startswith("Test image")]
    assert [f"Test image {name[6:]}," for name in anchors] == [
        label.partition(" labelled")[0] for label in images
    ]
    told = re.findall(
        r'id="image-(\d+)".*data-label="(\d)" data-guess="(\d)" data-confidence="([\d.]+)" '
        r'data-right="([01]+)"',
        pages[page],
    )
    assert len(told) == len(anchors) > 10
    for index, label, guess, confidence, right in told:
        n = int(index)
        assert (int(label), int(guess)) == (subject.labels[n], subject.prediction[n])
        assert float(confidence) == round(float(subject.confidence[n]), 3)
        assert [one == "1" for one in right] == [not one.wrong[n] for one in shown.each]


def test_what_every_run_misses_first_is_on_the_ensemble_s_page_however_few_tiles_a_view_has():
    """The report links to the first ten."""
    shown = dataclasses.replace(material(), tiles=1)
    anchors = {f"image-{index}" for index in shown.missed[:10]}
    assert len(anchors) == 10
    assert anchors <= set(Links(pages_of(shown)["index"]).ids)


def test_the_ensemble_is_named_so_and_who_alone_is_right_is_counted(pages):
    text = " ".join(Reader(pages["index"]).text.split())
    assert "Ensemble of 2 architectures: failures on Pets" in text
    a, b = material().each
    for one, other in ((a, b), (b, a)):
        count = int((~one.wrong & other.wrong).sum())
        link = f'<a href="{one.name}.html#right-alone">{one.name} ({count})</a>'
        assert link in pages["index"]
        assert f"Only this one is right ({count})" in pages[one.name]


@pytest.mark.parametrize("page", PAGES)
def test_a_vote_says_in_words_whether_it_is_right(pages, page):
    assert pages[page].count("✓<") == pages[page].count('✓<i class="read">right:</i>') > 0
    assert pages[page].count("✗<") == pages[page].count('✗<i class="read">wrong:</i>') > 0


@pytest.mark.parametrize("page", PAGES)
def test_each_tile_stands_once_in_the_views_that_it_names(pages, page):
    read = Links(pages[page])
    shown = [label for label in read.labels if label.startswith("Test image")]
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("page", PAGES)
def test_what_every_run_misses_stands_on_every_page_in_stage_compares_order(pages, page):
    missed = material().missed.tolist()
    total, most = len(missed), len(missed) if page == "index" else 10
    counted = total if page == "index" else f"10 of {total}"
    assert f'<a href="#missed">Missed by every run ({counted})</a>' in pages[page]
    places = re.findall(
        r'<li id="\S*" class="([^"]*)".* style="[^"]*--missed: (\d+).*?>\s*<.*? image (\d+),',
        pages[page],
    )
    shown = {int(place): int(index) for views, place, index in places if "missed" in views.split()}
    assert [shown[place] for place in range(most)] == missed[:most]
    assert len(shown) == most >= 10 < len(missed)


def test_the_control_is_on_the_pages_of_networks_with_maps(pages):
    assert "weights shuffled" in pages["a"]
    assert "correlation of their cells, mean of the first 7 test images: 0.12" in pages["a"]
    assert "weights shuffled" not in pages["b"]
    assert "b has no such map, and so no Grad-CAM" in pages["b"]


@pytest.mark.parametrize("names", FEW)
def test_names_are_shown_not_obeyed(names):
    pages = pages_of(material(classes=["cat", "dog", *names], title=names[0]))
    for text in pages.values():
        read = Reader(text)
        assert not read.tags & {"img", "svg", "iframe"}
        assert read.count["script"] == 1
        assert not [key for key, _ in read.attributes if key.startswith("on")]
        assert [name for name in names if name not in read.text] == []
        assert read.text.count("{{") == read.text.count("{{ 7 * 7 }}")


def test_many_classes_are_listed_not_drawn():
    classes = [f"class_{number}" for number in range(30)]
    text = pages_of(material(classes=classes))["a"]
    assert "Confusion matrix" not in text
    assert "most frequent confusions" in text


def test_without_mistakes_and_with_one_architecture_there_is_a_page():
    perfect = pages_of(material(skills={"a": 100.0}))
    assert "wrong about 0." in perfect["a"]
    assert "None. " in perfect["index"]
    assert "Ensemble of 1 architecture: failures" in perfect["index"]


def test_grey_images_and_large_ones():
    for side, channels in ((28, 1), (80, 3)):
        text = pages_of(material(side=side, channels=channels))["a"]
        assert ("reduced here" in text) == (side == 80)
        assert len(text) < 30_000 * text.count("<li id=")  # noise, which does not compress


def test_every_tile_shows_its_own_image_its_neighbours_and_its_map():
    shown = material()
    subject = shown.each[0]
    views = listing.views_of(subject, shown.each, shown.missed, shown.tiles)
    shelf = gallery_pages.stock(shown, subject, 0, [0, 1], views)
    assert list(shelf.shades) == [0]  # b has no map
    explained = shown.explanations[0]
    assert explained.maps is not None
    for number, tile in enumerate(shelf.tiles()):
        assert (cut(shelf.pictures, number, "RGB") == shown.test_nhwc[tile.index]).all()
        within = [view for view in views if tile.index in view.images]
        assert tile.views == " ".join(view.name for view in within)
        places = [f"--{view.name}: {view.images.tolist().index(tile.index)}" for view in within]
        assert tile.places == "; ".join(places)
        clear = 255 - explained.maps[tile.index].astype(int)
        assert (cut(shelf.shades[0], number, "RGBA")[..., 3] == clear * 225 // 255).all()
        found = [one.image for one in tile.neighbours]
        assert found == explained.neighbours[tile.index].tolist()
    for place, train in enumerate(shelf.neighbours):
        lossy = cut(shelf.neighbour_pictures, place, "RGB").astype(int)
        distances = np.abs(shown.train_nhwc.astype(int) - lossy).mean((1, 2, 3))
        assert distances.argmin() == train


def test_the_page_of_all_shows_the_neighbours_of_the_network_with_the_fewest_mistakes(monkeypatch):
    asked = []
    monkeypatch.setattr(
        gallery_pages, "render", lambda _, one, near, shaded: asked.append((near, list(shaded)))
    )
    pages_of(material(skills={"a": 0.5, "b": 2.0}))
    assert asked == [(1, [0, 1]), (0, [0]), (1, [1])]


@pytest.mark.parametrize(("number", "shown"), [(10, 10), (11, 5)])
def test_of_many_the_first_have_their_grad_cams_on_the_page_of_all(number, shown, monkeypatch):
    asked = []
    monkeypatch.setattr(gallery_pages, "render", lambda *given: asked.append(list(given[3])))
    pages_of(material(skills=dict.fromkeys("abcdefghijk"[:number], 0.5)))
    assert asked == [[*range(shown)], *([own] for own in range(number))]


def test_a_page_says_how_accurate_its_network_is(pages):
    network = material().each[1]
    wrong = int(network.wrong.sum())
    text = " ".join(Reader(pages["b"]).text.split())
    assert f"wrong about {wrong}" in text
    assert f"{100 * (1 - wrong / 300):.1f} %" in text


def test_the_control_lays_shuffled_maps_over_the_first_images():
    shown = material()
    shelf = gallery_pages.stock(
        shown, shown.each[0], 0, [0], [listing.View("one", "", "", np.array([9]), 1)]
    )
    explained = shown.explanations[0]
    control = gallery_pages.control(explained, shelf)
    assert control is not None
    assert explained.control is not None
    assert control["images"] == 7
    assert control["style"]["uri"] == sprite.shades(explained.control[:6]).uri
    assert control["places"][0] == ("--x:1;--y:0", "--x:0;--y:0")  # after the one that is shown
    for number in range(6):
        assert (cut(shelf.pictures, 1 + number, "RGB") == shown.test_nhwc[number]).all()


def test_a_tile_says_what_people_said_only_where_they_were_asked(pages):
    assert not any("People" in text for text in pages.values())
    said = [f"cat {index}, dog & frog 1" for index in range(300)]
    asked = pages_of(dataclasses.replace(material(), people=said))
    for text in asked.values():
        shown = re.findall(
            r'id="image-(\d+)".*?<p class="people">People: (.*?)</p>', text, re.DOTALL
        )
        assert len(shown) == text.count('id="image-') > 10
        assert all(words == f"cat {index}, dog &amp; frog 1" for index, words in shown)
        assert "People: how many of about 51 took the image for each class (CIFAR-10H" in text


def test_of_many_architectures_a_tile_has_a_line_per_guess_that_names_the_first():
    names = list("abcdefghijk")
    shown = material(skills=dict.fromkeys(names, 0.5))
    pages = pages_of(shown)
    html, note = pages["a"], "Those of the 5 best networks are shown."
    assert [note in text for text in pages.values()] == [True, *[False] * len(names)]
    first = html.split('<ul class="votes guesses"')[1].split("</ul>")[0]
    assert "<span>11 of 11: a, b, c, d, e …</span>" in first  # all have the same predictions
    ids = {page: set(Reader(text).ids) for page, text in pages.items()}
    for page, text in pages.items():
        assert not astray(page, Links(text), ids)
    _, _, others = pages["e"].partition("Wrong where another of the 5 best is right:")
    assert others.partition("</p>")[0].count("<a ") == 4
    assert "Wrong where another" not in pages["f"]
    assert pages["k"].count(">Right where ") == 2 * 5  # a link to each, and its title
    few = material(skills=dict.fromkeys(names[:10], 0.5))
    assert "votes guesses" not in pages_of(few)["a"]
