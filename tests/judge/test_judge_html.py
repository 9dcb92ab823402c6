"""The page needs nothing but itself, and shows hostile names as they are."""

import re
from pathlib import Path

import numpy as np
import pytest
from html_reader import Reader
from payloads import PAYLOADS

from archbench.judge import command, page

NAMES = [name for name in PAYLOADS if "/" not in name and len(name) <= 60]


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Models that are named by payloads, with classes that are."""
    monkeypatch.chdir(tmp_path)
    classes = np.array(PAYLOADS[:4])
    labels = np.arange(40) % 4
    np.save("labels.npy", classes[labels])
    for number, name in enumerate(NAMES):
        np.save(f"{name}.npy", classes[np.where(np.arange(40) < 20 + number, labels, 0)])
    return command.judge([f"{name}.npy" for name in NAMES], "labels.npy", 0.5)


def test_names_of_files_and_classes_are_shown_not_obeyed(found):
    html = page.html(found)
    read = Reader(html)
    assert len(NAMES) >= 6
    assert read.count["script"] == 1
    assert not read.tags & {"iframe", "img", "details", "base", "animate"}
    assert not [key for key, _ in read.attributes if key.startswith("on")]
    assert all(name in read.text for name in NAMES)
    assert not re.search(r"(?<!\\)[<>]", page.markdown(found))
    assert set(NAMES) == set(found.numbers.index)


def test_the_figure_s_file_holds_names_as_text(found):
    command.write(found, Path("to"))
    read = Reader(Path("to/accuracies.svg").read_text(encoding="utf-8"))
    assert not read.tags & {"script", "img", "iframe", "details"}
    assert all(name in read.text for name in NAMES)


def test_nothing_is_fetched_and_ids_are_unique(found):
    html = page.html(found)
    read = Reader(html)
    assert "default-src 'none'" in html
    assert not read.tags & {"link", "object", "embed", "form"}
    assert len(read.ids) == len(set(read.ids))
    for name, value in read.attributes:
        if name in ("src", "href", "xlink:href"):
            assert value
            assert value.startswith(("data:image/png;base64,", "#"))


def test_same_in_same_out(found):
    assert page.html(found) == page.html(found)
    assert page.markdown(found) == page.markdown(found)


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(found, page, accessible):
    command.write(found, Path("to"))
    page.goto(Path("to/judge.html").resolve().as_uri())
    accessible(page)
    assert page.title().startswith("archbench: ")
    names = page.locator("table.sortable").first.locator("tbody th")
    before = names.all_inner_texts()
    page.locator("table.sortable").first.locator("thead button").nth(1).press("Enter")
    page.locator("table.sortable").first.locator("thead button").nth(1).press("Enter")
    assert names.all_inner_texts() != before
    assert page.title().startswith("archbench: ")
