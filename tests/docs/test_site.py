"""docs/ builds into a site, strictly, and no page of it asks another server for anything."""

import os
import re
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import browser as browsers
import pytest

ROOT = Path(__file__).parents[2]
ELSEWHERE = re.compile(r"""<(?:script|img|iframe|link)[^>]*(?:src|href)=["']?(?:https?:)?//""")


def build(config: Path, site: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(config)]
    return subprocess.run(
        [*command, "--site-dir", site],
        capture_output=True,
        text=True,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    browsers.needed("material")
    site = tmp_path_factory.mktemp("site")
    built = build(ROOT / "mkdocs.yml", site)
    assert built.returncode == 0, built.stderr
    return site


def test_every_page_of_docs_is_in_the_site(site):
    pages = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    for page in pages:
        folder = page.parent if page.stem == "index" else page.with_suffix("")
        assert (site / folder / "index.html").is_file()
    assert not list(site.rglob("*.py"))


def test_no_page_names_a_script_or_a_picture_elsewhere(site):
    pages = [page for page in site.rglob("*.html") if "demo/report" not in str(page)]
    assert len(pages) > 20
    assert [page for page in pages if ELSEWHERE.search(page.read_text(encoding="utf-8"))] == []


def test_a_link_out_of_docs_leads_to_the_repository(site):
    page = (site / "reference/params/index.html").read_text(encoding="utf-8")
    assert 'href="https://github.com/archbench/archbench/blob/main/params.yaml"' in page


def test_a_dead_link_is_refused(tmp_path):
    browsers.needed("material")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("[gone](../gone.py)", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(
        f"site_name: x\nhooks: [{ROOT}/docs/hooks.py]\nextra: {{repository: https://x.org/x}}\n",
        encoding="utf-8",
    )
    built = build(tmp_path / "mkdocs.yml", tmp_path / "site")
    assert built.returncode != 0
    assert "index.md links to ../gone.py, which is not there" in built.stderr


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_reader_is_sent_nowhere_else(site, browser, scheme, width):
    handler = partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        for path in ("", "reference/params/", "explanation/speed/"):
            page.goto(home + path, wait_until="networkidle")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()
        server.shutdown()
    assert len(asked) > 3
    assert [url for url in asked if not url.startswith((home, "data:"))] == []


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...
