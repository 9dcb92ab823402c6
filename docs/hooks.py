"""What the site changes in pages that GitHub shows as they are."""

import logging
import re
import shutil
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

LINK = re.compile(r"\]\(([^():#\s]+)(#[^)]*)?\)")
log = logging.getLogger("mkdocs.hooks")


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: object) -> str:
    """A link that leaves docs/ leads to that file on GitHub. A strict build refuses a dead one."""
    docs = Path(config.docs_dir)

    def absolute(link: re.Match[str]) -> str:
        target = (docs / page.file.src_uri).parent.joinpath(link[1]).resolve()
        if target.is_relative_to(docs):
            return link[0]
        if not target.exists():
            log.warning("%s links to %s, which is not there", page.file.src_uri, link[1])
        kind = "tree" if target.is_dir() else "blob"
        path = target.relative_to(docs.parent)
        return f"]({config.extra['repository']}/{kind}/main/{path.as_posix()}{link[2] or ''})"

    return LINK.sub(absolute, markdown)


def on_post_build(config: MkDocsConfig, **_: object) -> None:
    """The demo becomes the last run's report and gallery, where there was a run."""
    for name in ("report", "gallery"):
        made = Path(config.docs_dir).parent / name
        if made.is_dir():
            shutil.copytree(made, Path(config.site_dir) / "demo" / name, dirs_exist_ok=True)
