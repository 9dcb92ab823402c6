"""A real browser, where there is one."""

import os
import shutil
from importlib import import_module, resources
from types import ModuleType
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skips, but where nobody would see that: under CI=true it fails."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"needs {what}")


def needed(package: str) -> ModuleType:
    try:
        return import_module(package)
    except ImportError:
        missing(f"the package {package}")


@pytest.fixture(scope="session")
def browser():
    api = needed("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        missing("Chromium on the path")
    with api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        launched = playwright.chromium.launch(executable_path=path, args=options)
        yield launched
        launched.close()


@pytest.fixture(params=[("light", 1280), ("dark", 390)], ids=["light", "dark"])
def page(browser, request):
    """A page that fails its test if it logs an error or asks for anything but files."""
    scheme, width = request.param
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    opened, troubles = context.new_page(), []

    def note_elsewhere(asked) -> None:
        if not asked.url.startswith(("file:", "data:")):
            troubles.append(asked.url)

    opened.on("console", lambda message: troubles.append(message.text))
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("request", note_elsewhere)
    yield opened
    context.close()
    assert troubles == []


@pytest.fixture
def accessible():
    """Whether axe finds nothing to object to, and nothing is wider than the screen."""
    axe = needed("axe_playwright_python")
    script = (resources.files(axe) / "axe.min.js").read_text()

    def check(page) -> None:
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.evaluate(script)
        found = page.evaluate("axe.run().then(result => result.violations)")
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []

    return check


CONTROLS = "a, button, summary, [tabindex='0']"


@pytest.fixture
def unreached():
    """The controls in sight that the tab key does not reach."""

    def find(page) -> list[str]:
        page.evaluate(
            """asked => { window.controls = [...document.querySelectorAll(asked)].filter(
                one => one.checkVisibility()) }""",
            CONTROLS,
        )
        found = page.evaluate("controls.map(one => one.outerHTML.slice(0, 200))")
        reached = set()
        for _ in range(len(found) + 5):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("controls.indexOf(document.activeElement)"))
        assert len(found) > 5
        return [html for number, html in enumerate(found) if number not in reached]

    return find
