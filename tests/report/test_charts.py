"""A drawing shows its frame: the right column on the right axis, in the architecture's colour."""

import re
from collections.abc import Sequence

import numpy as np
import pytest
from matplotlib.colors import to_hex
from test_frames import CONFUSION, NUMBERS, table

from archbench.report import charts, drawing, frames
from archbench.style.palette import COLOURS, looks

A, B, C = COLOURS[:3]
KEY = looks("abc")


def lines(panel) -> list[tuple[str, list[float], list[float]]]:
    """Colour, x and y of each, in the order of drawing."""
    return [
        (
            to_hex(line.get_color()),
            *(np.asarray(values, float).tolist() for values in line.get_data()),
        )
        for line in panel.get_lines()
    ]


def only(panels):
    """The axes of the one panel."""
    (figure,) = panels.values()
    (axes,) = figure.axes
    return axes


def texts(labels: Sequence) -> list[str]:
    return [label.get_text() for label in labels]


def test_accuracies_are_horizontal_the_best_on_top():
    seeds = table("architecture seed accuracy", ("b", 0, 0.88), ("a", 0, 0.71), ("b", 1, 0.92))
    panel = only(charts.accuracies(frames.accuracies(NUMBERS.drop("c"), seeds), KEY))
    assert lines(panel) == [
        (A, [0.6, 0.75], [0, 0]),
        (A, [0.7], [0]),
        (A, [0.71], [0]),
        (B, [0.85, 0.92], [1, 1]),
        (B, [0.9], [1]),
        (B, [0.88, 0.92], [1, 1]),
    ]
    assert texts(panel.get_yticklabels()) == ["a", "b"]
    assert panel.get_xlabel() == "test accuracy, 95 % interval"
    few = only(charts.accuracies(frames.accuracies(NUMBERS.assign(seeds=1), seeds), KEY))
    assert few.get_xlabel() == "test accuracy of this network, 95 % interval"


def test_costs_lie_on_the_horizontal_axis_and_the_front_is_joined():
    figures = charts.costs(frames.costs(NUMBERS), KEY)
    assert list(figures) == ["training", "prediction"]
    training, prediction = (figure.axes[0] for figure in figures.values())
    assert lines(training) == [
        (charts.GREY, [1e16, 2e16], [0.7, 0.9]),
        (B, [2e16, 2e16], [0.85, 0.92]),
        (B, [2e16], [0.9]),
        (C, [3e16, 3e16], [0.75, 0.83]),
        (C, [3e16], [0.8]),
        (A, [1e16, 1e16], [0.6, 0.75]),
        (A, [1e16], [0.7]),
    ]
    assert lines(prediction)[0] == (charts.GREY, [1e9, 2e9], [0.8, 0.9])
    assert lines(prediction)[-1] == (A, [3e9], [0.7])
    named = (training.get_xlabel(), training.get_ylabel(), training.get_xscale())
    assert named == ("operations of one training", "test accuracy", "log")
    assert prediction.get_xlabel() == "operations of one prediction"
    assert sorted(texts(training.texts)) == ["a", "b", "c"]


def test_recalls_have_the_hardest_class_on_top():
    frame = table(
        "architecture class place recall recall_low recall_high",
        ("a", "y", 0, 0.25, 0.125, 0.5),
        ("a", "x", 1, 0.75, 0.5, 0.875),
    )
    panel = only(charts.recalls(frame, KEY))
    assert lines(panel) == [(A, [0.25, 0.75], [1, 0])]
    (bars,) = panel.collections
    assert [part.tolist() for part in bars.get_segments()] == [
        [[0.125, 1], [0.5, 1]],
        [[0.5, 0], [0.875, 0]],
    ]
    assert dict(zip(panel.get_yticks(), texts(panel.get_yticklabels()), strict=True)) == {
        1: "y",
        0: "x",
    }


def test_a_confusion_has_a_row_per_actual_class():
    frame = frames.confusions(CONFUSION, ["dog", "cat"])
    (panel,) = charts.confusions(frame)["a"].axes
    assert np.asarray(panel.images[0].get_array()).tolist() == [[0.75, 0.25], [0.00497, 0.99503]]
    assert [(*text.get_position(), text.get_text()) for text in panel.texts] == [
        (0, 0, "75"),
        (1, 0, "25"),
        (1, 1, "100"),
    ]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("predicted", "actual")
    assert texts(panel.get_xticklabels()) == texts(panel.get_yticklabels()) == ["dog", "cat"]


@pytest.mark.parametrize(
    ("petaflop", "ticks"),
    [
        ([17, 83], ["20 PFLOP", "50 PFLOP"]),
        ([30, 45], ["30 PFLOP", "40 PFLOP"]),
        ([2, 250], ["10 PFLOP", "100 PFLOP"]),
        ([0.0002, 0.2], ["1 TFLOP", "100 TFLOP"]),
    ],
)
def test_the_axis_of_costs_has_numbers_however_alike_the_costs(petaflop, ticks):
    numbers = NUMBERS.head(2).assign(train_petaflop=petaflop)
    written = drawing.svg(charts.costs(frames.costs(numbers), KEY)["training"])
    assert set(ticks) <= set(re.findall(r">([^<]+)</text>", written))
