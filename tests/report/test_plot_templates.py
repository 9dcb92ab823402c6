"""DVC's plot templates: the anchors that it fills, and the colours of every other figure."""

import json
from pathlib import Path
from typing import Any

import pytest

from archbench.style.palette import COLOURS

TEMPLATES = sorted((Path(__file__).parents[2] / ".dvc" / "plots").glob("*.json"))


def ranges(value: Any) -> list[Any]:
    """Every list of hexadecimal colours, however deep."""
    if isinstance(value, dict):
        return [found for inner in value.values() for found in ranges(inner)]
    if isinstance(value, list):
        if value and all(isinstance(entry, str) and entry.startswith("#") for entry in value):
            return [value]
        return [found for inner in value for found in ranges(inner)]
    return []


def test_there_is_a_template_for_each_table():
    assert [path.stem for path in TEMPLATES] == ["confusion", "learning_curves", "reliability"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_dvc_finds_its_anchors(path: Path):
    text = path.read_text(encoding="utf-8")
    assert '"<DVC_METRIC_DATA>"' in text
    assert "<DVC_METRIC_TITLE>" in text
    assert '"rev"' in text, "a diff must tell its revisions apart"


@pytest.mark.parametrize("name", ["learning_curves", "reliability"])
def test_colours_are_those_of_the_report(name: str):
    path = next(path for path in TEMPLATES if path.stem == name)
    found = ranges(json.loads(path.read_text(encoding="utf-8")))
    assert found
    assert all(tuple(colours) == COLOURS for colours in found)


def test_an_aggregate_says_within_what():
    """Vega-Lite 5.2, which DVC's page loads, draws nothing at all without it."""
    path = next(path for path in TEMPLATES if path.stem == "confusion")
    first, _ = json.loads(path.read_text(encoding="utf-8"))["spec"]["layer"][1]["transform"]
    assert first["groupby"] == ["architecture", "rev"]


def test_the_lines_alone_carry_the_revision():
    """Dashes on a mark with points: Vega-Lite's legend shows the same dot for every revision."""
    path = next(path for path in TEMPLATES if path.stem == "learning_curves")
    for panel in json.loads(path.read_text(encoding="utf-8"))["hconcat"]:
        line, points = panel["layer"]
        assert line["encoding"]["strokeDash"]["field"] == "rev"
        assert "strokeDash" not in panel["encoding"] | points.get("encoding", {})
