"""The pages in a real browser: nothing runs or is fetched; links and keys lead right."""

import shutil
from importlib import resources

import pytest
from gallery_material import HOSTILE, material

from archbench.reporting import gallery_pages

api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium on the path")
TITLE = "failures on Pets"


@pytest.fixture(scope="module")
def browser():
    with api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        launched = playwright.chromium.launch(executable_path=BROWSER, args=options)
        yield launched
        launched.close()


def written(folder, **options):
    for stem, text in gallery_pages.pages(material(**options)).items():
        (folder / f"{stem}.html").write_text(text)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("gallery"))


@pytest.fixture(params=[("light", 1280), ("dark", 390)], ids=["light", "dark"])
def page(browser, request):
    """A page that fails its test if it logs an error or asks for anything but files."""
    scheme, width = request.param
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    opened, troubles = context.new_page(), []
    opened.on("console", lambda message: troubles.append(message.text))
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on(
        "request",
        lambda asked: asked.url.startswith(("file:", "data:")) or troubles.append(asked.url),
    )
    yield opened
    context.close()
    assert troubles == []


def shown(page) -> list[str]:
    tiles = page.locator(".tiles > li:visible > .picture")
    return [tile.get_attribute("aria-label") for tile in tiles.all()]


@pytest.mark.parametrize("stem", ["index", "a", "b"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page, folder, stem):
    page.goto((folder / f"{stem}.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text())
    found = page.evaluate("axe.run().then(result => result.violations)")
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


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


def test_the_tab_key_reaches_every_control_and_enter_opens_a_tile(page, folder):
    page.goto((folder / "b.html").as_uri())
    controls = page.locator("a:visible, summary:visible").count()
    reached = set()
    for _ in range(controls + 5):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "[...document.querySelectorAll('a, summary')].indexOf(document.activeElement)"
            )
        )
    assert len(reached - {-1}) == controls
    page.locator("summary:visible").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open] .near:visible").count() == 5


def test_a_picture_is_the_test_image_unsmoothed(page, folder):
    page.goto((folder / "a.html").as_uri())
    style = page.locator(".tiles .test:visible").first.evaluate(
        "one => [getComputedStyle(one).imageRendering, one.offsetWidth % 8, one.offsetHeight % 8]"
    )
    assert style == ["pixelated", 0, 0]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_payload_runs(page, tmp_path, name):
    folder = written(tmp_path, classes=["cat", "dog", name], title=f"Pets{name}")
    page.goto((folder / "a.html").as_uri())
    assert page.title().startswith(f"a: {TITLE}")
    page.locator("a:visible").last.hover()
    assert page.title().startswith(f"a: {TITLE}")
