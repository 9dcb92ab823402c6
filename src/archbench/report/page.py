"""The report: one HTML page that needs nothing but itself, and its Markdown twin."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from archbench.base.records import DatasetRecord, RunRecord
from archbench.report import curves, drawing, frames, matrices, rankings, recipes, tables, words
from archbench.style import templates


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """All that the report shows, read from the earlier stages' files."""

    dataset: DatasetRecord
    runs: list[RunRecord]
    numbers: pd.DataFrame  # one row per architecture, indexed by it
    tables: Mapping[str, pd.DataFrame]  # by the names of their files; what is not asked is empty
    sheets: Mapping[str, bytes]  # PNG contact sheets by title
    provenance: Mapping[str, str]


MISSED = (
    "No run of any architecture and seed gives them their label. A wrong label is one possible "
    "reason; an image that is hard for all of them is another. Margin: the label's probability "
    "less the guess's, mean over runs. The lowest come first; all are in "
    "metrics/details/missed_by_all.csv and, as far as there is room, in the gallery."
)


def html(results: Results) -> str:
    """Names are escaped; the drawings are our own SVG, whose text matplotlib escapes.

    One script may run, which sorts tables: the page's policy names its digest.
    """
    script = files(__package__).joinpath("sort.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    shown = {
        "script": Markup(script),
        "script_hash": f"sha256-{digest}",
        "figures": {
            title: Markup(distinct(drawing.adopted(svg), title))
            for title, svg in drawn(results).items()
        },
        "sheets": {title: base64.b64encode(png).decode() for title, png in results.sheets.items()},
    }
    return templates.render("report", "page.html.j2", said(results) | shown)


def drawn(results: Results) -> dict[str, str]:
    """SVG by title."""
    return {title: drawing.svg(figure) for title, figure in figures(results).items()}


def figures(results: Results) -> dict[str, Figure]:
    """By title: each draws its frame."""
    found, numbers, classes = results.tables, results.numbers, results.dataset.classes
    learned, bins = found["learning_curves"], (found["reliability"], found["scaled_reliability"])
    drawings = {
        "Test accuracy": rankings.accuracies(frames.accuracies(numbers, found["seeds"])),
        "Cost and quality": rankings.costs(frames.costs(numbers)),
        "Learning curves": curves.learning_curves(
            frames.learning_curves(learned), frames.stops(learned)
        ),
        "Confusion": matrices.confusions(frames.confusions(found["confusion"], classes)),
        "Recall by class": rankings.recalls(frames.recalls(found["classes"])),
        "Calibration": curves.reliabilities(
            frames.reliabilities(*bins), curves.calibration_titles(numbers)
        ),
        "Risk and coverage": curves.risk_coverage(frames.risk_coverage(found["risk_coverage"])),
    }
    if len(found["pairwise"]):
        drawings["Differences"] = rankings.forest(frames.differences(found["pairwise"]))
    if len(found["robustness"]):
        drawings["Robustness"] = curves.robustness(frames.robustness(found["robustness"]))
    return drawings


def distinct(svg: str, title: str) -> str:
    """Ids are unique within a drawing only, and several drawings share the page."""
    prefix = re.sub(r"\W", "", title)
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    return re.sub(r'(url\(#|href="#)', rf"\1{prefix}-", svg)


def said(results: Results) -> dict[str, Any]:
    """The words and tables, in the order of the page."""
    shared, differing = recipes.recipes(results.runs)
    pairs, numbers, found = results.tables["pairwise"], results.numbers, results.tables
    return {
        "title": f"archbench: {results.dataset.title}",
        "answer": words.answer(numbers, pairs),
        "comparison": tables.comparison(numbers, results.runs, found["ranks"]),
        "accuracy_note": words.accuracy_note(numbers),
        "costs": tables.costs(numbers),
        "costs_note": tables.COSTS_NOTE,
        "pairs": tables.pairs(pairs),
        "pairs_note": words.pairs_note(numbers),
        "robustness": tables.robustness(found["robustness_means"]),
        "robustness_pairs": tables.pairs(found["robustness_pairs"]),
        "corrupted_images": int(numbers["corrupted_images"].max()),
        "conditions": words.conditions(results.dataset, results.runs, numbers),
        "shared": shared,
        "differing": differing,
        "confusion_note": words.confusion_note(results.dataset.classes),
        "confused": tables.confused_pairs(found["confusion"]),
        "calibration": tables.calibration(numbers),
        "selective": tables.selective(numbers),
        "duplicate_images": int(found["duplicates"]["images"].max()),
        "duplicates": tables.duplicates(found["duplicates"]),
        "missed_images": len(found["missed_by_all"]),
        "missed_note": MISSED,
        "missed": tables.missed_by_all(found["missed_by_all"]),
        "provenance": results.provenance,
        "limits": words.limits(numbers, pairs, results.runs),
    }


def markdown(results: Results) -> str:
    """The same words and tables, for a pull request."""
    told = said(results)
    shared = ", ".join(f"{key} {value}" for key, value in told["shared"].items())
    parts = [
        f"# {plain(told['title'])}",
        plain(told["answer"]),
        table(told["comparison"]),
        told["accuracy_note"],
        "## Differences",
        table(told["pairs"]) if len(told["pairs"]) else "One architecture ran alone.",
        told["pairs_note"],
        "## Cost",
        table(told["costs"]),
        told["costs_note"],
        "## What was run",
        bullets(f"{key}: {value}" for key, value in told["conditions"].items()),
        "## Recipes",
        table(told["differing"]) if len(told["differing"]) else "All settings are the same.",
        f"The same for all: {plain(shared)}; the rest is off.",
        "## Most frequent confusions",
        table(told["confused"]),
        "## Calibration, as trained → after temperature scaling",
        table(told["calibration"]),
        "## Selective prediction",
        table(told["selective"]),
        *robustness(told),
        f"## Without {told['duplicate_images']} test images that have near-duplicates in training",
        table(told["duplicates"]),
        "## Missed by every run",
        f"{told['missed_images']:,} test images. {plain(MISSED)}",
        table(told["missed"]) if len(told["missed"]) else "None.",
        "## Provenance",
        bullets(f"{key}: {value}" for key, value in told["provenance"].items()),
        "## Limits",
        bullets(told["limits"]),
    ]
    return "\n\n".join(parts) + "\n"


def robustness(told: Mapping[str, Any]) -> list[str]:
    """Nothing where corrupted images were not predicted."""
    if not len(told["robustness"]):
        return []
    pairs = [table(told["robustness_pairs"])] if len(told["robustness_pairs"]) else []
    return ["## Robustness: mean over all corruptions", table(told["robustness"]), *pairs]


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
    titles = {"shared": "Test images that every run misses"}
    return titles | {name: f"The most confident mistakes of {name}" for name in architectures}
