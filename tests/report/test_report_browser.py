"""The report in a real browser: it sorts its tables, and nothing else runs or is fetched."""

import pytest
import synthetic
from payloads import PAYLOADS

from archbench.report import page as report


def opened(page, folder, **options):
    skills = {"fast": 3.0, "middling": 1.0, "slow": 0.3}
    (folder / "report.html").write_text(report.html(synthetic.results(skills, **options)))
    page.goto((folder / "report.html").as_uri())


@pytest.mark.parametrize("seeds", [1, 2])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page, tmp_path, accessible, seeds):
    opened(page, tmp_path, seeds=seeds, robustness=True, people=True)
    accessible(page)


def test_a_table_is_sorted_by_its_heads_also_by_key(page, tmp_path):
    opened(page, tmp_path)
    names = page.locator("table.sortable").first.locator("tbody th")
    assert names.all_inner_texts() == ["fast", "middling", "slow"]
    head = page.locator("table.sortable").first.locator("thead th").first
    head.get_by_role("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert names.all_inner_texts() == ["slow", "middling", "fast"]
    head.get_by_role("button").press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert names.all_inner_texts() == ["fast", "middling", "slow"]


def test_numbers_are_sorted_as_numbers(page, tmp_path):
    opened(page, tmp_path)
    table = page.locator("table.sortable").first
    table.get_by_role("button", name="accuracy").first.click()
    shown = [
        float(row.split()[0]) for row in table.locator("tbody td:nth-child(2)").all_inner_texts()
    ]
    assert shown == sorted(shown, reverse=True)
    assert len(shown) == 3


def test_the_tab_key_reaches_every_control(page, tmp_path, unreached):
    opened(page, tmp_path)
    assert unreached(page) == []


def test_figures_are_dark_on_dark_pages(page, tmp_path):
    opened(page, tmp_path)
    ink, paper = page.evaluate(
        """() => [document.querySelector("figure svg text"), document.body].map(
            (one, n) => getComputedStyle(one)[n ? "backgroundColor" : "fill"])"""
    )
    assert {ink, paper} in (
        {"rgb(27, 31, 36)", "rgb(255, 255, 255)"},
        {"rgb(230, 237, 243)", "rgb(13, 17, 23)"},
    )


def test_no_payload_runs(page, tmp_path):
    opened(page, tmp_path, classes=["cat", "dog", *PAYLOADS])
    assert page.title() == "archbench: Pets"
    for link in page.locator("a:visible").all():
        link.hover()
    assert page.title() == "archbench: Pets"
    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, base, animate, [ontoggle]").count() == 0
