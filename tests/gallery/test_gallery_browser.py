"""The pages in a real browser: nothing runs or is fetched; links and keys lead right."""

import pytest
from gallery_material import material
from payloads import PAYLOADS

from archbench.gallery import pages as gallery_pages

TITLE = "failures on Pets"


def written(folder, **options):
    for stem, text in gallery_pages.pages(material(**options)).items():
        (folder / f"{stem}.html").write_text(text)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("gallery"))


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
    assert page.url.endswith("#pair-0-1")
    assert shown(page)
    assert shown(page) != first
    headings = page.locator(".tiles > li:visible h3").all_inner_texts()
    assert all(heading.startswith("cat → dog") for heading in headings)
    assert page.locator(".view:visible h2").all_inner_texts() == ["cat → dog"]
    page.go_back()
    assert shown(page) == first


def test_a_pair_of_architectures_leads_to_the_other_page(page, folder):
    page.goto((folder / "index.html").as_uri())
    page.get_by_label("a right, b wrong").click()
    assert page.url.endswith("a.html#beats-1")
    assert page.locator(".view:visible h2").all_inner_texts() == ["Right where b is wrong"]
    votes = page.locator(".tiles > li:visible .votes").all_inner_texts()
    assert votes
    assert all(vote.index("✓") < vote.index("✗") for vote in votes)


@pytest.mark.parametrize("address", ["index.html", "index.html#missed", "a.html#missed"])
def test_what_every_run_misses_is_in_the_order_of_stage_compare(page, folder, address):
    page.goto((folder / address.split("#")[0]).as_uri() + address.partition(".html")[2])
    assert page.locator(".view:visible h2").all_inner_texts() == ["Missed by every run"]
    places = """tiles => tiles.map(tile => [tile.getBoundingClientRect(), tile.firstElementChild])
        .sort(([a], [b]) => a.top - b.top || a.left - b.left)
        .map(([_, picture]) => Number(picture.ariaLabel.match(/image (\\d+)/)[1]))"""
    shown = page.locator(".tiles > li:visible").evaluate_all(places)
    assert shown == material().missed[:10].tolist()


def test_other_views_keep_the_order_of_the_page(page, folder):
    page.goto((folder / "index.html").as_uri() + "#sure")
    orders = page.locator(".tiles > li:visible").evaluate_all(
        "tiles => tiles.map(tile => getComputedStyle(tile).order)"
    )
    assert set(orders) == {"0"}


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
    for link in page.locator("a:visible").all():
        link.hover()
    assert page.title().startswith(f"a: {TITLE}")
    text = page.locator("body").text_content()
    assert [name for name in PAYLOADS if name not in text] == []
