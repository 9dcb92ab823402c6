"""The page needs nothing but itself, and shows names as they are."""

import base64
import hashlib
import re

import pytest
import synthetic
from html_reader import Reader
from payloads import FEW

from archbench.report import charts, drawing, frames, page
from archbench.report.markdown import markdown


@pytest.fixture(scope="module")
def results():
    return synthetic.results({"fast": 3.0, "slow": 0.3})


@pytest.fixture(scope="module")
def html(results):
    return page.html(results)


def test_same_in_same_out(results, html):
    assert page.html(results) == html
    assert markdown(results) == markdown(results)


def test_nothing_is_fetched_and_nothing_runs(html):
    read = Reader(html)
    assert not read.tags & {"iframe", "link", "object", "embed", "base", "form"}
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    for name, value in read.attributes:
        if name in ("src", "href", "xlink:href"):
            assert value
            assert value.startswith(("data:image/png;base64,", "#", "../gallery/"))
    assert "default-src 'none'" in html


def test_the_policy_lets_one_script_run_which_is_ours(html):
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html
    assert "sort" in script


def test_ids_are_unique_and_every_reference_has_its_id(html):
    read = Reader(html)
    assert len(read.ids) == len(set(read.ids))
    links = [value or "" for name, value in read.attributes if name in ("href", "xlink:href")]
    used = {value[1:] for value in links if value.startswith("#")}
    assert used
    assert used <= set(read.ids)


def test_what_a_reader_looks_for_is_there(html):
    text = Reader(html).text
    for words in (
        "Pets",
        "fast reaches",
        "What was run",
        "dropout",
        "a processor",
        "abc1234+",
        "Limits",
    ):
        assert words in text
    assert html.count("<svg") == 11  # two of costs, of learning, of confusion and of calibration


def test_what_was_not_run_is_not_there(results, html):
    assert "Robustness" not in html
    alone = page.html(synthetic.results({"fast": 3.0}))
    assert "Differences" not in alone
    assert "Beware" not in html


def test_what_every_run_misses_is_counted_and_its_first_ten_shown():
    results = synthetic.results({"fast": 0.5})
    missed = results.tables["missed_by_all"]
    assert len(missed) > 10
    for text in (page.html(results), markdown(results)):
        assert f"{len(missed)} test images. No run of any architecture and seed" in text
    rows = markdown(results).split("## Missed by every run")[1].split("##")[0]
    shown = re.findall(r"^\| (\d+) \|", rows, re.MULTILINE)
    assert shown == [str(index) for index in missed["index"].head(10)]


def test_a_page_of_few_seeds_never_says_that_an_architecture_is_better():
    """On the page, in its Markdown twin, and in what the table of pairs is explained with."""
    one = synthetic.results({"fast": 3.0, "slow": 0.3})
    for text in (Reader(page.html(one)).text, markdown(one)):
        assert "better" not in text.lower().replace("better or worse", "")
        assert "these networks differ" in text
    three = synthetic.results({"fast": 3.0, "slow": 0.3}, seeds=3)
    assert "these networks differ" not in Reader(page.html(three)).text


def test_robustness_has_a_verdict_of_its_own():
    html = page.html(synthetic.results({"fast": 3.0, "slow": 0.3}, robustness=True))
    section = Reader(html.split("<h2>Robustness")[1].split("<h2>")[0]).text
    assert "slow − fast" in section  # synthetic: what is right of one is wrong of the other
    assert "these networks differ" in section


def test_robustness_is_drawn_and_never_called_what_it_is_not():
    html = page.html(synthetic.results({"fast": 3.0, "slow": 0.3}, robustness=True))
    assert html.count("<svg") == 13  # a panel for each corruption
    assert "Accuracy on 1,200 of the test images by severity" in html
    assert "not CIFAR-10-C" in html


@pytest.mark.parametrize("names", FEW)
def test_names_are_shown_not_obeyed(names):
    results = synthetic.results({"fast": 1.0}, classes=["cat", "dog", *names])
    read = Reader(page.html(results))
    assert read.count["script"] == 1
    assert not read.tags & {"iframe", "img", "details", "base", "animate"}
    assert not [key for key, _ in read.attributes if key.startswith("on")]
    assert all(drawing.short(name) in read.text for name in names)
    assert not re.search(r"(?<!\\)[<>]", markdown(results))


def test_a_name_cannot_break_a_markdown_table():
    results = synthetic.results({"fast": 0.2}, classes=["cat", "dog", "a|b"])
    lines = markdown(results).splitlines()
    bars = [line.replace("\\|", "").count("|") for line in lines]
    rows = [number for number, line in enumerate(lines) if "a\\|b" in line]
    assert rows
    assert all(bars[row] == bars[row - 1] for row in rows)


def test_the_markdown_twin_is_small(results):
    assert len(markdown(results)) < 60_000


@pytest.fixture(scope="module")
def hundred():
    """As many classes as CIFAR-100 has."""
    return [f"class_{number:03}" for number in range(100)]


def confusion_svg(results: page.Results) -> str:
    frame = frames.confusions(results.tables["confusion"], results.dataset.classes)
    return "".join(drawing.svg(figure) for figure in charts.confusions(frame).values())


def test_a_hundred_classes_are_not_drawn_on_top_of_each_other(hundred):
    drawn = confusion_svg(synthetic.results({"fast": 3.0, "slow": 0.3}, classes=hundred))
    texts = re.findall(r">(class_\d+)</text>", drawn)
    assert len(texts) == 2 * 2 * 20  # on two axes of two matrices
    assert texts[:3] == ["class_000", "class_005", "class_010"]
    assert not re.search(r">\d+</text>", drawn)  # no numbers in the cells
    assert len(drawn) < 150_000


@pytest.mark.parametrize(("count", "numbers"), [(12, True), (20, False)])
def test_up_to_twenty_classes_each_is_named(count, numbers):
    classes = [f"class_{number}" for number in range(count)]
    drawn = confusion_svg(synthetic.results({"fast": 3.0}, classes=classes))
    assert re.findall(r">(class_\d+)</text>", drawn) == 2 * classes
    assert bool(re.search(r">\d+</text>", drawn)) == numbers


def test_the_page_of_a_hundred_classes_says_how_to_read_it(hundred):
    html = page.html(synthetic.results({"fast": 3.0}, classes=hundred))
    assert "100 classes, of which some are named" in html
    assert len(html) < 400_000


def test_the_verdict_comes_first_and_every_section_is_in_the_contents(html):
    assert html.index("What to take") < html.index("<nav") < html.index("<h2")
    nav, rest = html.split("<nav")[1].split("</nav>")
    linked = re.findall(r'href="#(\w+)"', nav)
    assert linked == re.findall(r'<section id="(\w+)"', rest)
    assert re.findall(r"<a[^>]*>([^<]+)</a>", nav) == re.findall(r"<h2>([^<]+)</h2>", rest)
    assert linked.index("cost") < linked.index("differences")


def test_the_badges_are_the_conditions_that_come_before_any_number(results, html):
    badges = Reader(html.split('<ul class="badges"')[1].split("</ul>")[0]).text
    for words in (
        "budget quick",
        "recipes tuned",
        "seeds 0",
        "a processor",
        "2026-01-31",
        "abc1234+",
    ):
        assert words in badges
    assert "budget: quick" in markdown(results).split("## ")[0]


def test_the_twin_has_the_same_order(results):
    text = markdown(results)
    order = ("**What to take.**", "budget: quick", "## Comparison", "## Cost", "## Differences")
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_p_is_within_details(html):
    """The matrix shows the intervals; p and what could be found are for those who ask."""
    section = html.split("<h2>Differences")[1].split("</section>")[0]
    before, details = section.split("<details>")
    assert ">p<" in details
    assert ">p<" not in before
    assert 'class="matrix"' in before


@pytest.mark.parametrize("seeds", [1, 3])
def test_every_table_and_figure_has_the_architectures_in_one_order_the_best_first(seeds):
    skills = {"a": 0.3, "b": 3.0, "c": 1.0}
    results = synthetic.results(skills, seeds=seeds, robustness=True, people=True, exported=True)
    assert results.numbers.index.tolist() == ["b", "c", "a"]
    for name, frame in results.tables.items():
        if "architecture" in frame:
            assert frame["architecture"].drop_duplicates().tolist() == ["b", "c", "a"], name
    assert [run.architecture for run in results.runs] == sorted("abc" * seeds, key="bca".index)
    found = page.content(results)
    for name, frame in found.items():
        if "architecture" in getattr(frame, "columns", ()):
            assert frame["architecture"].drop_duplicates().tolist() == ["b", "c", "a"], name
    assert found["confused"].columns.tolist() == ["rank", "b", "c", "a"]
    panels = page.figures(results)
    for title in ("Confusion", "Calibration"):
        assert list(panels[title]) == ["b", "c", "a"]


def test_of_equal_accuracies_the_first_by_name_is_first():
    results = synthetic.results({"b": 1.0, "a": 1.0})
    assert results.numbers["accuracy"].nunique() == 1
    assert results.numbers.index.tolist() == ["a", "b"]


def test_every_drawing_is_an_image_with_a_sentence_of_its_own(html):
    drawings = re.findall(r'<svg role="img" aria-label="([^"]+)"', html)
    assert len(drawings) == html.count("<svg") == len(set(drawings))
    assert "Confusion, fast: actual against predicted." in drawings
    assert any(one.startswith("Test accuracy: From ") for one in drawings)


def test_links_to_the_gallery_say_once_what_they_need(results, html):
    for name in ("index", "fast", "slow"):
        assert f'href="../gallery/{name}.html"' in html
    first = results.tables["missed_by_all"]["index"].iloc[0]
    assert f'href="../gallery/index.html#image-{first}"' in html
    assert html.count("need the folder gallery/ beside report/") == 1
    assert "<img" not in html


def test_numbers_stand_to_the_right_and_words_to_the_left(html):
    table = html.split("<h2>Cost")[1].split("<tbody>")[1].split("</tbody>")[0]
    assert '<td class="number">45 GFLOP</td>' in table
    assert "<td>a processor</td>" in table
