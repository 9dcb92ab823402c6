"""Section Cost of use: its numbers are those of metrics/inference.csv, on the page and its twin."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import synthetic
from html_reader import Reader

from archbench.report import inference, page
from archbench.report.markdown import markdown
from archbench.style.palette import looks

ROWS = [("fast", 0.05, 0.60), ("good", 0.40, 0.90), ("slow", 1.60, 0.85), ("huge", 7.0, 0.91)]


def measured(rows=ROWS) -> pd.DataFrame:
    table = synthetic.inference([name for name, *_ in rows])
    for name, latency, accuracy in rows:
        of = table["architecture"] == name
        table.loc[of, "latency_ms"] = [latency, 0.6 * latency, 4 * latency]
        table.loc[of, "accuracy"] = [accuracy, accuracy - 0.02, accuracy]
    return table


def test_the_front_has_what_nothing_as_fast_beats():
    rows = inference.frame(measured())
    best = rows[rows["front"]].sort_values("latency_ms")
    assert best[["architecture", "form"]].to_numpy().tolist() == [
        ["fast", "ONNX Runtime, int8"],
        ["fast", "ONNX Runtime"],
        ["good", "ONNX Runtime, int8"],
        ["good", "ONNX Runtime"],
        ["huge", "ONNX Runtime"],
    ]
    assert "torch" not in set(rows["form"])


def test_equal_accuracy_at_a_higher_latency_is_not_on_the_front():
    rows = inference.frame(measured([("one", 1.0, 0.8), ("two", 2.0, 0.8)]))
    assert set(rows.loc[rows["front"], "architecture"]) == {"one"}


def test_the_finding_names_the_choice_under_each_latency_that_changes_it():
    assert inference.finding(inference.frame(measured())) == (
        "The most accurate: under 0.05 ms fast in int8 (58.0 %), under 0.1 ms fast (60.0 %), "
        "under 0.5 ms good (90.0 %), under 10 ms huge (91.0 %)."
    )


def test_a_latency_is_under_a_limit_that_it_does_not_reach():
    one = [("one", 1.0, 0.8)]
    assert "under 2 ms one (80.0 %)" in inference.finding(inference.frame(measured(one)))


def test_the_drawing_has_a_dot_and_a_ring_of_each_and_the_front():
    rows = inference.frame(measured())
    (figure,) = inference.drawing(rows, looks(rows["architecture"])).values()
    (panel,) = figure.axes
    line, *marks = panel.lines
    at = [np.array(each.get_xydata()) for each in (line, *marks)]
    assert at[0][:, 0].tolist() == sorted(rows.loc[rows["front"], "latency_ms"])
    assert [tuple(each[0]) for each in at[1:]] == [
        tuple(row) for row in rows[["latency_ms", "accuracy"]].to_numpy()
    ]
    rings = [mark.get_markerfacecolor() == "none" for mark in marks]
    assert rings == ["int8" in form for form in rows["form"]]


def test_an_exported_network_has_its_own_look_whichever_others_are_exported(results):
    rows = results.tables["inference"]
    alone = replace(results, tables=results.tables | {"inference": rows[rows.index >= 3]})
    (figure,) = page.figures(alone)[inference.TITLE].values()
    _, *marks = figure.axes[0].lines
    assert {mark.get_markeredgecolor() for mark in marks} == {
        looks(["fast", "slow"])["slow"].colour
    }


def test_the_table_has_every_form_and_what_8_bits_change():
    table = inference.table(measured(ROWS[:1]).assign(spread=[1.0, 1.6, 1.0]))
    assert table.to_numpy().tolist() == [
        ["fast", "ONNX Runtime", "60.0 %", "-", "0.05", "9.00", "1,234", "2.5 MB", "20 MB"],
        [
            *("fast", "ONNX Runtime, int8", "58.0 %", "-1.00 [-2.00, 0.00], not decided"),
            *("0.03, unsteady", "9.00", "1,234", "2.5 MB", "20 MB"),
        ],
        ["fast", "torch", "60.0 %", "-", "0.20", "9.00", "1,234", "2.5 MB", "20 MB"],
    ]


@pytest.fixture(scope="module")
def results():
    return synthetic.results({"fast": 3.0, "slow": 0.3}, exported=True)


def test_the_page_and_its_twin_show_them(results):
    read, twin = Reader(page.html(results)), markdown(results)
    finding = inference.finding(inference.frame(results.tables["inference"]))
    assert "Cost of use" in read.text
    assert finding in read.text
    assert finding in twin
    assert "## Cost of use" in twin
    assert "| slow | ONNX Runtime, int8 | 80.0 % |" in twin


def test_without_exports_there_is_no_such_section():
    results = synthetic.results({"fast": 3.0, "slow": 0.3})
    assert "Cost of use" not in Reader(page.html(results)).text
    assert "Cost of use" not in markdown(results)
