"""The report: one HTML page that needs nothing but itself, and its Markdown twin."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from archbench.reporting import comparison, figures


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """All that the report shows, read from the earlier stages' files."""

    dataset: dict[str, Any]
    runs: list[dict[str, Any]]
    metrics: pd.DataFrame  # one row per architecture, indexed by it
    learning_curves: pd.DataFrame
    confusion: pd.DataFrame
    reliability: pd.DataFrame
    sheets: Mapping[str, bytes]  # PNG contact sheets by title


def html(results: Results) -> str:
    """Names are escaped; the drawings are our own SVG, whose text matplotlib escapes."""
    environment = Environment(
        loader=PackageLoader("archbench.reporting", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn = {
        "Learning curves": figures.learning_curves(results.learning_curves),
        "Test accuracy": figures.accuracies(results.metrics),
        "Confusion": figures.confusions(results.confusion, results.dataset["classes"]),
        "Calibration": figures.reliabilities(results.reliability, results.metrics),
    }
    return environment.get_template("page.html.j2").render(
        said(results),
        figures={title: Markup(distinct(svg, title)) for title, svg in drawn.items()},
        sheets={title: base64.b64encode(png).decode() for title, png in results.sheets.items()},
    )


def distinct(svg: str, title: str) -> str:
    """Ids are unique within a drawing only, and several drawings share the page."""
    prefix = re.sub(r"\W", "", title)
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    return re.sub(r'(url\(#|href="#)', rf"\1{prefix}-", svg)


def said(results: Results) -> dict[str, Any]:
    """The words and tables, in the order of the page."""
    shared, differing = comparison.recipes(results.runs)
    return {
        "title": f"archbench: {results.dataset['title']}",
        "answer": comparison.answer(results.metrics),
        "conditions": comparison.conditions(results.dataset, results.runs, results.metrics),
        "comparison": comparison.comparison(results.metrics, results.runs),
        "shared": shared,
        "differing": differing,
        "confusion_note": comparison.confusion_note(results.dataset["classes"]),
        "confused": comparison.confused_pairs(results.confusion),
        "limits": comparison.limits(results.metrics, results.runs),
    }


def markdown(results: Results) -> str:
    """The same words and tables, for a pull request."""
    words = said(results)
    shared = ", ".join(f"{key} {value}" for key, value in words["shared"].items())
    parts = [
        f"# {plain(words['title'])}",
        plain(words["answer"]),
        table(words["comparison"]),
        "## What was run",
        bullets(f"{key}: {value}" for key, value in words["conditions"].items()),
        "## Recipes",
        table(words["differing"]) if len(words["differing"]) else "All settings are the same.",
        f"The same for all: {plain(shared)}",
        "## Most frequent confusions",
        table(words["confused"]),
        "## Limits",
        bullets(words["limits"]),
    ]
    return "\n\n".join(parts) + "\n"


def table(frame: pd.DataFrame) -> str:
    rows = [list(frame.columns), ["---"] * len(frame.columns), *frame.to_numpy().tolist()]
    return "\n".join("| " + " | ".join(_cell(value) for value in row) + " |" for row in rows)


def _cell(value: Any) -> str:
    return value if value == "---" else plain(str(value))


def bullets(lines: Any) -> str:
    return "\n".join(f"- {plain(line)}" for line in lines)


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line: a class may be named `<script>` or `a|b`."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>|#~&])", r"\\\1", one_line)


def sheet_titles(architectures: Sequence[str]) -> dict[str, str]:
    """The file stem of each contact sheet, and what it shows."""
    titles = {"shared": "Mistakes that every run makes"}
    return titles | {name: f"The most confident mistakes of {name}" for name in architectures}
