"""The pages in a real browser: nothing is fetched; links, keys and the filter lead right."""

import numpy as np
import pytest
from gallery_material import material
from payloads import PAYLOADS
from playwright.sync_api import expect

from archbench.gallery import pages as gallery_pages

TITLE = "failures on Pets"


def written(folder, **options):
    for stem, text in gallery_pages.pages(material(**options)):
        (folder / f"{stem}.html").write_text(text)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("gallery"))


def in_view(page, *headings: str) -> None:
    """The page comes to show the views of these headings and no other."""
    expect(page.locator(".view:visible h2")).to_have_text(list(headings))


def shown(page) -> list[str]:
    tiles = page.locator(".tiles > li:visible > .picture")
    return [tile.get_attribute("aria-label") for tile in tiles.all()]


@pytest.mark.parametrize("stem", ["index", "a", "b"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page, folder, stem, accessible):
    page.goto((folder / f"{stem}.html").as_uri())
    accessible(page)


def test_a_cell_of_the_matrix_leads_to_its_mistakes_and_back(page, folder):
    page.goto((folder / "b.html").as_uri())
    first = shown(page)
    page.get_by_label("cat, predicted dog").click()
    in_view(page, "cat → dog")
    assert page.url.endswith("#pair-0-1")
    assert shown(page)
    assert shown(page) != first
    headings = page.locator(".tiles > li:visible h3").all_inner_texts()
    assert all(heading.startswith("cat → dog") for heading in headings)
    page.go_back()
    in_view(page, "Most confident mistakes")
    assert shown(page) == first


def test_a_pair_of_architectures_leads_to_the_other_page(page, folder):
    page.goto((folder / "index.html").as_uri())
    page.get_by_label("a right, b wrong").click()
    page.wait_for_url("**/a.html#beats-1")
    in_view(page, "Right where b is wrong")
    votes = page.locator(".tiles > li:visible .votes").all_inner_texts()
    assert votes
    assert all(vote.index("right:") < vote.index("wrong:") for vote in votes)


def laid_out(page) -> list[int]:
    """The indices of the images in sight, as they are read: row by row."""
    return page.locator(".tiles > li:visible").evaluate_all(
        """tiles => tiles.map(tile => [tile.getBoundingClientRect(), tile.id])
        .sort(([a], [b]) => a.top - b.top || a.left - b.left)
        .map(([_, id]) => Number(id.replace("image-", "")))"""
    )


@pytest.mark.parametrize("address", ["index.html", "index.html#missed", "a.html#missed"])
def test_what_every_run_misses_is_in_the_order_of_stage_compare(page, folder, address):
    page.goto((folder / address.split("#")[0]).as_uri() + address.partition(".html")[2])
    in_view(page, "Missed by every run")
    shown, missed = laid_out(page), material().missed
    assert shown == (missed if address.startswith("index") else missed[:10]).tolist()
    assert len(missed) > 10


def test_the_images_of_a_view_are_in_its_own_order(page, folder):
    a, b = material().each
    seen = {}
    for view in ("sure", "right-alone", "wrong-alone", "unsure", "beats-1", "pair-0-1"):
        page.goto((folder / "a.html").as_uri() + f"#{view}")
        seen[view] = laid_out(page)
        assert len(seen[view]) > 2
    for view in ("sure", "right-alone", "wrong-alone", "pair-0-1"):
        assert (np.diff(a.confidence[seen[view]]) <= 0).all(), view
    label = a.labels[seen["beats-1"]]
    right = [one.probabilities[seen["beats-1"], label] for one in (a, b)]
    assert (np.diff(right[0] - right[1]) <= 0).all()


def test_the_tab_key_reaches_every_control_and_enter_opens_a_tile(page, folder, unreached):
    page.goto((folder / "b.html").as_uri())
    assert unreached(page) == []
    page.locator("summary:visible").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open] .near:visible").count() == 5


def test_a_picture_is_the_test_image_unsmoothed(page, folder):
    page.goto((folder / "a.html").as_uri())
    style = page.locator(".tiles .test:visible").first.evaluate(
        "one => [getComputedStyle(one).imageRendering, one.offsetWidth % 8, one.offsetHeight % 8]"
    )
    assert style == ["pixelated", 0, 0]


def test_no_payload_runs(page, tmp_path):
    written(tmp_path, classes=["cat", "dog", *PAYLOADS], title=f"Pets{PAYLOADS[0]}")
    page.goto((tmp_path / "a.html").as_uri())
    assert page.title().startswith(f"a: {TITLE}")
    for link in page.locator("a:visible:not(.skip)").all():
        link.hover()
    assert page.title().startswith(f"a: {TITLE}")
    text = page.locator("body").text_content()
    assert [name for name in PAYLOADS if name not in text] == []


def choose(page, **fields: str) -> list[int]:
    """The indices of the images in sight afterwards, and what the filter says of them holds."""
    for name, value in fields.items():
        page.locator(f"#filter [name={name}]").select_option(label=value)
    found = [int(label.split()[2].rstrip(",")) for label in shown(page)]
    said, total = page.locator("#filter output").inner_text(), page.locator(".tiles > li").count()
    assert said == f"{len(found)} of {total} images"
    in_view(page)
    return sorted(found)


def on_page(page) -> np.ndarray:
    names = page.locator(".tiles > li").evaluate_all("tiles => tiles.map(tile => tile.id)")
    return np.sort([int(name.removeprefix("image-")) for name in names])


def test_the_filter_shows_what_matches_of_all_images_of_the_page_and_clears(page, folder):
    a, b = material().each
    page.goto((folder / "b.html").as_uri() + "#pair-0-1")
    before, here = shown(page), on_page(page)
    right = {"a": ~a.wrong[here], "b": ~b.wrong[here]}
    for title, expected in (
        ("nobody", ~right["a"] & ~right["b"]),
        ("everyone", right["a"] & right["b"]),
        ("only a", right["a"] & ~right["b"]),
        ("only b", right["b"] & ~right["a"]),
        ("b is right", right["b"]),
        ("a is wrong", ~right["a"]),
    ):
        assert choose(page, who=title) == here[expected].tolist() != []
    page.get_by_role("button", name="Clear").click()
    page.locator(".filtered").wait_for(state="detached")
    assert shown(page) == before


def test_the_filter_joins_class_prediction_and_confidence(page, folder):
    _, b = material().each
    page.goto((folder / "b.html").as_uri())
    here = on_page(page)
    confused = (b.labels[here] == 0) & (b.prediction[here] == 1)
    sure = (b.confidence[here] >= 0.5) & (b.confidence[here] < 0.7)
    assert choose(page, label="cat", guess="dog") == here[confused].tolist()
    both = here[confused & sure].tolist()
    assert choose(page, confidence="50 to 70 %") == both
    assert 0 < len(both) < confused.sum()
    page.evaluate("location.hash = 'sure'")
    page.locator(".filtered").wait_for(state="detached")
    in_view(page, "Most confident mistakes")


@pytest.mark.parametrize("filtered", [False, True])
def test_an_image_s_address_shows_that_image_alone(page, folder, filtered):
    page.goto((folder / "index.html").as_uri())
    index = page.locator(".tiles > li:not(.missed)").first.get_attribute("id")
    if filtered:
        choose(page, who="everyone")
    page.evaluate("name => { location.hash = name }", index)
    page.locator(".alone:not(.filtered)").wait_for()
    visible = page.locator(".tiles > li:visible")
    assert visible.evaluate_all("tiles => tiles.map(tile => tile.id)") == [index]
    in_view(page)
    page.get_by_role("link", name="Choose others").click()
    in_view(page, "Missed by every run")


def test_the_first_tab_skips_to_the_images(page, folder):
    page.goto((folder / "b.html").as_uri())
    skip = page.locator("a.skip")
    assert skip.bounding_box()["x"] < 0
    page.keyboard.press("Tab")
    assert skip.bounding_box()["x"] > 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "sure"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.tiles') !== null")


def test_without_scripts_there_is_no_filter_and_the_rest_works(browser, folder):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "b.html").as_uri() + "#pair-0-1")
    assert not page.locator("#filter").is_visible()
    in_view(page, "cat → dog")
    context.close()
