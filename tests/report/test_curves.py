"""A curve shows its frame: the right column on the right axis, in the architecture's colour."""

from matplotlib.colors import to_hex
from test_charts import KEY, A, B, lines, only, texts
from test_frames import LEARNED, table

from archbench.report import curves, frames
from archbench.style.palette import looks


def test_learning_curves_are_drawn_for_validation_and_dotted_for_training():
    figures = curves.learning_curves(frames.learning_curves(LEARNED), frames.stops(LEARNED), KEY)
    accuracy, loss = (figures[quantity].axes[0] for quantity in ("accuracy", "loss"))
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
    assert (accuracy.get_ylabel(), loss.get_ylabel()) == ("accuracy", "loss (nats)")
    assert accuracy.get_xlabel() == loss.get_xlabel() == "epoch"
    bands = [tuple(part.get_paths()[0].get_extents().extents) for part in accuracy.collections]
    assert bands == [(1, 0.25, 2, 0.75), (1, 0.125, 2, 0.5)]  # of a; b has one seed
    assert sorted(texts(accuracy.texts)) == ["a", "b"]
    crosses = [line.get_marker() for line in accuracy.get_lines()]
    assert crosses == [".", ".", "X", ".", ".", "X"]


def test_calibration_is_accuracy_against_confidence_dashed_where_scaled():
    frame = table(
        "temperature architecture confidence accuracy count area",
        ("none", "a", 0.9, 0.7, 10, 124.0),
        ("fitted", "a", 0.8, 0.75, 20, 64.0),
    )
    panel = only(curves.reliabilities(frame, {"a": "title of a"}, KEY))
    assert lines(panel) == [("#999999", [0, 1], [0, 1]), (A, [0.8], [0.75]), (A, [0.9], [0.7])]
    assert [line.get_linestyle() for line in panel.get_lines()] == ["-", "--", "-"]
    (dots,) = panel.collections
    assert dots.get_offsets().tolist() == [[0.9, 0.7]]
    assert dots.get_sizes().tolist() == [124.0]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("confidence", "accuracy")
    assert panel.get_title() == "title of a"


def test_risk_is_drawn_over_coverage():
    frame = table("architecture coverage risk", ("b", 0.5, 0.01), ("b", 1.0, 0.1), ("a", 1.0, 0.2))
    panel = only(curves.risk_coverage(frame, KEY))
    assert lines(panel) == [(B, [0.5, 1], [0.01, 0.1]), (A, [1], [0.2])]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("coverage", "risk")


def test_robustness_is_accuracy_over_severity_a_panel_per_corruption():
    frame = table(
        "corruption architecture severity accuracy",
        ("noise", "b", 0, 1.0),
        ("noise", "b", 3, 0.375),
        ("fog", "a", 0, 0.75),
        ("fog", "b", 0, 0.5),
    )
    figures = curves.robustness(frame, KEY)
    assert list(figures) == ["noise", "fog"]
    noise, fog = (figure.axes[0] for figure in figures.values())
    assert (noise.get_title(), fog.get_title()) == ("noise", "fog")
    assert lines(noise) == [(B, [0, 3], [1, 0.375])]
    assert lines(fog) == [(A, [0], [0.75]), (B, [0], [0.5])]
    assert texts(fog.texts) == ["a", "b"]


def test_from_nine_architectures_on_a_line_has_marks_of_its_shape():
    names = [f"n{rank}" for rank in range(9)]
    frame = table("architecture coverage risk", ("n0", 1.0, 0.1), ("n8", 0.5, 0.1))
    first, ninth = only(curves.risk_coverage(frame, looks(names))).get_lines()
    assert to_hex(first.get_color()) == to_hex(ninth.get_color()) == A
    assert (first.get_marker(), ninth.get_marker()) == ("", "s")
