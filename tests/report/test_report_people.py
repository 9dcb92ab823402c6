"""Section People: its numbers are those of the tables, on the page and in its twin."""

import pandas as pd
import pytest
import synthetic
from html_reader import Reader

from archbench.comparison.people import AGREED
from archbench.report import page, people
from archbench.report.markdown import markdown

NETWORKS = pd.DataFrame(
    [
        {"part": part, "images": images, "architecture": name, "seeds": 1, "accuracy": accuracy}
        | {"network_low": accuracy - 0.02, "network_high": accuracy + 0.01}
        | {"loss": loss, "people_loss": loss + 0.25}
        for part, images, best, worst in (
            ("all", 10_000, 0.9, 0.5),
            ("agreed", 8_000, 0.95, 0.55),
            ("disputed", 2_000, 0.7, 0.3),
        )
        for name, accuracy, loss in (("best", best, 0.5), ("worst", worst, 1.5))
    ]
)
IMAGES = pd.DataFrame(
    {
        "part": ["all", "agreed", "disputed", "missed_by_all"],
        "images": [10_000, 8_000, 2_000, 400],
        "disputed": [2_000, None, None, 300],
        "disputed_low": [0.19, None, None, 0.7],
        "disputed_high": [0.21, None, None, 0.8],
        "label_share": [0.95, 0.99, 0.8, 0.6],
        "label_first": [9_900, 7_997, 1_903, 380],
        "guess_first": [None, None, None, 15],
        "entropy": [0.15, 0.05, 0.5, 0.35],
        "corrected_entropy": [0.16, 0.06, 0.52, 0.37],
    }
)
FOUND = {"people": NETWORKS, "people_images": IMAGES}


def test_the_finding_is_the_best_s_beside_one_person_s():
    assert people.section(FOUND, "best")["finding"] == (
        "best gets 95.0 % of the 8,000 images right that people agree on, and 70.0 % of the 2,000 "
        "that they dispute; one person's label is that of the data on 99.0 % and 80.0 % of them."
    )


def test_the_table_has_a_row_per_architecture_and_people_last():
    assert people.section(FOUND, "best")["table"].to_numpy().tolist() == [
        ["best", "95.0 ± 2.0 %", "70.0 ± 2.0 %", "0.750", "0.500"],
        ["worst", "55.0 ± 2.0 %", "30.0 ± 2.0 %", "1.750", "1.500"],
        ["people", "99.0 %", "80.0 %", "0.150, the floor", "-"],
    ]


def test_the_note_says_whose_class_is_agreed_on_and_how_low_the_floor_is():
    note = people.section(FOUND, "best")["note"]
    assert f"People agree where at least {100 * AGREED:.0f} % of an image's labels" in note
    assert "another than the label on 3 of the agreed images" in note
    assert "no loss comes below their own entropy, 0.150." in note
    assert "0.160 by Miller's correction (1955)" in note
    assert "CC BY-NC-SA 4.0, which allows no commercial use" in note


def test_suspects_are_disputed_more_or_less_often_than_all_images():
    assert people.section(FOUND, "best")["suspects"] == (
        "Every run misses 400 of the test images. People dispute 75.0 % [70.0, 80.0] of these, and "
        "20.0 % [19.0, 21.0] of all. People's commonest class is not the label on 20 of the 400, "
        "and is what the networks guess on 15."
    )
    none = {"people": NETWORKS, "people_images": IMAGES[:3]}
    assert people.section(none, "best")["suspects"] == ""


@pytest.mark.parametrize("seeds", [1, 3])
def test_the_page_and_its_twin_have_the_section_where_people_were_asked(seeds):
    results = synthetic.results({"slow": 0.3, "fast": 1.0}, seeds=seeds, people=True)
    html, twin = page.html(results), markdown(results)
    found = page.content(results)["people"]
    assert found["table"]["architecture"].tolist() == ["fast", "slow", "people"]
    section = html.split('<section id="people">')[1].split("</section>")[0]
    text = " ".join(Reader(section).text.split())
    for said in (found["finding"], found["suspects"], found["note"]):
        assert said in text
    assert twin.split("## People")[1].startswith(f"\n\n{found['finding']}")
    assert '<a href="#people">People</a>' in html
    fast = results.tables["people"].query("part == 'agreed' and architecture == 'fast'")
    assert fast["accuracy_low"].isna().all() == (seeds == 1)
    assert "People: how many of them took it for each class." in html
    assert "people |" in twin.split("## Missed by every run")[1].split("|---")[0]


def test_where_they_were_not_nothing_is_said_of_people():
    results = synthetic.results({"fast": 3.0, "slow": 0.3})
    assert page.content(results)["people"] == {}
    assert "People" not in page.html(results)
    assert "People" not in markdown(results)
