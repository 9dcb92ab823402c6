"""docs/reference/params.md says of every key what it is, and is what its script makes today."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import params_page  # noqa: E402

SECTIONS = {title: section for title, (section, _) in params_page.SECTIONS.items()}


def test_the_page_is_of_today():
    """If it is not: python docs/params_page.py"""
    assert params_page.PAGE.read_text(encoding="utf-8") == params_page.page()


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_has_a_row_in_words(title):
    section = SECTIONS[title]
    rows = [row.strip("| ").split(" | ") for row in params_page.table(title, section)][2:]
    assert {row[0].strip("`") for row in rows} == set(section.model_fields)
    assert all(cell for row in rows for cell in row)


@pytest.mark.parametrize("title", params_page.WORDS)
def test_no_words_where_the_field_has_its_own(title):
    section = SECTIONS[title]
    assert params_page.WORDS[title].keys() <= section.model_fields.keys()
    assert not params_page.WORDS[title].keys() & params_page.docstrings(section).keys()


def test_bounds_are_those_of_the_type():
    rows = [row.strip("| ").split(" | ") for row in params_page.table("folder", SECTIONS["folder"])]
    cells = {key: values for key, values, *_ in rows[2:]}
    assert cells["`image_size`"] == "integer, at least 8, at most 512"


def test_a_stage_that_trains_for_each_seed_reads_seeds():
    assert "train" in params_page.stages("seeds").split(", ")
    assert params_page.stages("lr") == "train"
