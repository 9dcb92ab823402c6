"""A drawing shows its frame: the right column on the right axis, in the architecture's colour."""

from collections.abc import Sequence

import numpy as np
import pytest
from matplotlib.colors import to_hex
from test_frames import CONFUSION, LEARNED, NUMBERS, table

from archbench.report import curves, drawing, frames, matrices, rankings
from archbench.style.palette import COLOURS

A, B, C = COLOURS[:3]


def lines(panel) -> list[tuple[str, list[float], list[float]]]:
    """Colour, x and y of each, in the order of drawing."""
    return [
        (
            to_hex(line.get_color()),
            *(np.asarray(values, float).tolist() for values in line.get_data()),
        )
        for line in panel.get_lines()
    ]


def texts(labels: Sequence) -> list[str]:
    return [label.get_text() for label in labels]


def test_accuracies_are_horizontal_the_best_on_top():
    seeds = table("architecture seed accuracy", ("b", 0, 0.88), ("a", 0, 0.71), ("b", 1, 0.92))
    (panel,) = rankings.accuracies(frames.accuracies(NUMBERS.drop("c"), seeds)).axes
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
    few = rankings.accuracies(frames.accuracies(NUMBERS.assign(seeds=1), seeds)).axes[0]
    assert few.get_xlabel() == "test accuracy of this network, 95 % interval"


def test_differences_are_listed_from_above_grey_where_not_apart():
    frame = table(
        "pair points low high apart",
        ("b − a", 2.0, 1.0, 3.0, True),
        ("b − c", 0.5, -1.0, 2.0, False),
    )
    (panel,) = rankings.forest(frame).axes
    grey, ink = rankings.GREY, drawing.INK
    assert lines(panel) == [
        (grey, [0, 0], [0, 1]),
        (grey, [-1, 2], [0, 0]),
        (grey, [0.5], [0]),
        (ink, [1, 3], [1, 1]),
        (ink, [2], [1]),
    ]
    assert texts(panel.get_yticklabels()) == ["b − c", "b − a"]


def test_costs_lie_on_the_horizontal_axis_and_the_front_is_joined():
    seconds, gflops = rankings.costs(frames.costs(NUMBERS)).axes
    assert lines(seconds) == [
        (rankings.GREY, [10, 20], [0.7, 0.9]),
        (A, [10, 10], [0.6, 0.75]),
        (A, [10], [0.7]),
        (B, [20, 20], [0.85, 0.92]),
        (B, [20], [0.9]),
        (C, [30, 30], [0.75, 0.83]),
        (C, [30], [0.8]),
    ]
    assert lines(gflops)[0] == (rankings.GREY, [1, 2], [0.8, 0.9])
    assert lines(gflops)[2] == (A, [3], [0.7])
    assert (seconds.get_xlabel(), seconds.get_xscale()) == ("training (PFLOP)", "log")
    assert gflops.get_xlabel() == "forward pass (GFLOP per image)"
    assert texts(seconds.figure.legends[0].get_texts()) == ["a", "b", "c", "Pareto front"]


def test_recalls_have_the_hardest_class_on_top():
    frame = table(
        "architecture class place recall recall_low recall_high",
        ("a", "y", 0, 0.25, 0.125, 0.5),
        ("a", "x", 1, 0.75, 0.5, 0.875),
    )
    (panel,) = rankings.recalls(frame).axes
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


def test_learning_curves_are_drawn_for_validation_and_dotted_for_training():
    figure = curves.learning_curves(frames.learning_curves(LEARNED), frames.stops(LEARNED))
    accuracy, loss = figure.axes
    assert lines(accuracy) == [
        (A, [1, 2], [0.5, 0.625]),
        (A, [1, 2], [0.25, 0.5]),
        (A, [2], [0.625]),
        (B, [1], [0.2]),
        (B, [1], [0.1]),
        (B, [], []),
    ]
    assert [line.get_linestyle() for line in accuracy.get_lines()[:2]] == ["-", ":"]
    assert [y for _, _, y in lines(loss)][:3] == [[3, 0.5], [7, 1], [0.5]]
    assert (accuracy.get_title(), loss.get_title()) == ("Accuracy", "Loss")
    bands = [part.get_paths()[0].get_extents().extents.tolist() for part in accuracy.collections]
    assert bands == [[1, 0.25, 2, 0.75], [1, 0.125, 2, 0.5]]  # of a; b has one seed
    legend = dict(
        zip(
            texts(figure.legends[0].get_texts()),
            (line.get_linestyle() for line in figure.legends[0].get_lines()),
            strict=True,
        )
    )
    assert legend["validation"] == "-"
    assert legend["training, as augmented and mixed"] == ":"
    assert "stopped: stagnation" in legend


def test_calibration_is_accuracy_against_confidence_dashed_where_scaled():
    frame = table(
        "temperature architecture confidence accuracy count area",
        ("none", "a", 0.9, 0.7, 10, 124.0),
        ("fitted", "a", 0.8, 0.75, 20, 64.0),
    )
    (panel,) = curves.reliabilities(frame, {"a": "title of a"}).axes
    assert lines(panel) == [("#999999", [0, 1], [0, 1]), (A, [0.8], [0.75]), (A, [0.9], [0.7])]
    assert [line.get_linestyle() for line in panel.get_lines()] == ["-", "--", "-"]
    (dots,) = panel.collections
    assert dots.get_offsets().tolist() == [[0.9, 0.7]]
    assert dots.get_sizes().tolist() == [124.0]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("confidence", "accuracy")
    assert panel.get_title() == "title of a"


def test_risk_is_drawn_over_coverage():
    frame = table("architecture coverage risk", ("b", 0.5, 0.01), ("b", 1.0, 0.1), ("a", 1.0, 0.2))
    (panel,) = curves.risk_coverage(frame).axes
    assert lines(panel) == [(A, [1], [0.2]), (B, [0.5, 1], [0.01, 0.1])]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("coverage", "risk")


def test_robustness_is_accuracy_over_severity_a_panel_per_corruption():
    frame = table(
        "corruption architecture severity accuracy",
        ("noise", "b", 0, 1.0),
        ("noise", "b", 3, 0.375),
        ("fog", "a", 0, 0.75),
        ("fog", "b", 0, 0.5),
    )
    noise, fog = curves.robustness(frame).axes
    assert (noise.get_title(), fog.get_title()) == ("noise", "fog")
    assert lines(noise) == [(B, [0, 3], [1, 0.375])]
    assert lines(fog) == [(A, [0], [0.75]), (B, [0], [0.5])]


def test_a_confusion_has_a_row_per_actual_class():
    frame = frames.confusions(CONFUSION, ["dog", "cat"])
    (panel,) = matrices.confusions(frame).axes
    assert panel.images[0].get_array().tolist() == [[0.75, 0.25], [0.00497, 0.99503]]
    assert [(*text.get_position(), text.get_text()) for text in panel.texts] == [
        (0, 0, "75"),
        (1, 0, "25"),
        (1, 1, "100"),
    ]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("predicted", "actual")
    assert texts(panel.get_xticklabels()) == texts(panel.get_yticklabels()) == ["dog", "cat"]


@pytest.mark.parametrize("other", [0.1, 0.25])
def test_a_figure_looks_the_same_whatever_is_drawn_before_it_is_written(other):
    """A formatter that two axes share counts the decimals of the one that had it last."""

    def figure(low: float):
        numbers = NUMBERS.assign(accuracy_low=low).head(1)
        seeds = table("architecture seed accuracy", ("a", 0, 0.7))
        return rankings.accuracies(frames.accuracies(numbers, seeds))

    first, alone = figure(0.699), drawing.svg(figure(0.699))
    figure(other)
    assert drawing.svg(first) == alone
