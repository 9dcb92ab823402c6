"""An architecture is told from every other by its look, as far as there are looks."""

import pytest

from archbench.style.palette import COLOURS, OTHER, SHAPES, UNIQUE, looks


def named(number: int) -> list[str]:
    return [f"n{rank:03}" for rank in range(number)]


def test_the_first_eight_are_circles_in_the_eight_colours():
    found = looks(named(8))
    assert [look.colour for look in found.values()] == list(COLOURS)
    assert {look.shape.marker for look in found.values()} == {"o"}


def test_no_two_of_the_first_64_look_alike():
    assert UNIQUE == 64
    assert len(set(looks(named(64)).values())) == 64


def test_beyond_them_all_are_of_a_grey_that_no_other_has():
    found = list(looks(named(66)).values())
    assert found[:64] == list(looks(named(64)).values())
    assert {look.colour for look in found[64:]} == {OTHER}
    assert OTHER not in COLOURS


def test_more_architectures_change_no_look_of_those_before_them():
    few, many = looks(named(9)), looks([*named(30), "a"], last=["a"])
    assert {name: many[name] for name in few} == few
    assert many["a"] == looks(named(31))["n030"]


@pytest.mark.parametrize("shape", SHAPES[1:], ids=lambda shape: shape.marker)
def test_an_outline_fills_its_square(shape):
    for axis in zip(*shape.outline, strict=True):
        assert (min(axis), max(axis)) == (0, 1)
