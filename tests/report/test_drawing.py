"""How a figure is labelled, written and set into a page."""

from itertools import pairwise

import pytest
from html_reader import Reader
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from test_frames import NUMBERS, table

from archbench.report import charts, drawing, frames
from archbench.style.palette import looks


@pytest.mark.parametrize("other", [0.1, 0.25])
def test_a_figure_looks_the_same_whatever_is_drawn_before_it_is_written(other):
    """A formatter that two axes share counts the decimals of the one that had it last."""

    def figure(low: float):
        numbers = NUMBERS.assign(accuracy_low=low).head(1)
        seeds = table("architecture seed accuracy", ("a", 0, 0.7))
        return charts.accuracies(frames.accuracies(numbers, seeds), looks("b"))[""]

    first, alone = figure(0.699), drawing.svg(figure(0.699))
    figure(other)
    assert drawing.svg(first) == alone


def labelled(*points: tuple, inside: bool = True):
    """Where each name stands: its place as a fraction of the axes, and on which side it begins."""
    _, panel = drawing.new(height=3.6)
    panel.set(xlim=(0, 1), ylim=(0, 1))
    drawing.label(panel, table("architecture x y", *points), inside=inside)
    names = [text for text in panel.texts if isinstance(text, Annotation)]
    return {name.get_text(): (*name.xy, name.get_horizontalalignment()) for name in names}


def test_a_name_stands_beside_its_point_and_within_the_axes():
    found = labelled(("a", 0.2, 0.4), ("b", 0.9, 0.7))
    assert found["a"] == (pytest.approx(0.2), pytest.approx(0.4), "left")
    assert found["b"] == (pytest.approx(0.9), pytest.approx(0.7), "right")
    ends = labelled(("b", 1.0, 0.7), inside=False)
    assert ends["b"] == (1.0, pytest.approx(0.7), "left")


def test_no_name_hides_another_and_the_one_below_moves():
    crowd = [(f"network {number}", 0.3, 0.5 + number / 1000) for number in range(4)]
    found = labelled(*crowd, ("far", 0.95, 0.5))
    heights = [found[name][1] for name, _, _ in reversed(crowd)]
    gaps = [above - below for above, below in pairwise(heights)]
    assert heights[0] == pytest.approx(0.503)
    assert min(gaps) >= drawing.LINE / (72 * 3.6 * 0.8) - 1e-9
    assert found["far"][1] == pytest.approx(0.5)


def test_an_embedded_drawing_is_an_image_with_a_sentence_and_ids_of_its_own():
    figure = Figure()
    figure.subplots().plot([1, 2])
    read = Reader(drawing.embedded(drawing.svg(figure), "Risk0", 'Of "a" <b>.'))
    assert ("role", "img") in read.attributes
    assert ("aria-label", 'Of "a" <b>.') in read.attributes
    assert read.ids
    assert all(one.startswith("Risk0-") for one in read.ids)
    links = [(value or "")[1:] for name, value in read.attributes if name.endswith("href")]
    assert links
    assert set(links) <= set(read.ids)
