"""A judgement as a page that needs nothing but itself, as its Markdown twin, and as text."""

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from archbench.judge import words
from archbench.judge.findings import Findings
from archbench.report import captions, charts, frames, pair_tables, tables
from archbench.report.drawing import CHARACTER, INCHES, svg
from archbench.report.markdown import bullets, plain
from archbench.report.markdown import table as markdown_table
from archbench.report.page import embedded
from archbench.report.words import GLOSSARY, Row, accuracy_note, accuracy_title, interval
from archbench.style import templates
from archbench.style.palette import looks
from archbench.style.quantities import NONE, percent, points

MOST_PAIRS = 45
"""Of ten models: of more pairs a page shows those of the best, and pairs.csv has all."""
ROOM = 12
"""Characters of a name that a figure of the usual width has room for."""
FIGURE = "Test accuracy"
LOSS, SCORES = "log loss", ("log loss", "Brier", "ECE")
TERMS = {name: GLOSSARY.get(name, GLOSSARY["loss"]) for name in ("rank", *SCORES)}
"""Of the columns that need a word; a page has those of its columns."""


def content(found: Findings) -> dict[str, Any]:
    """The words and tables of the page and of its twin."""
    models = model_table(found)
    return {
        "title": f"archbench: {words.title(found)}",
        "answer": words.answer(found),
        "models": models,
        "accuracy_note": accuracy_note(found.numbers),
        "terms": {term: TERMS[term] for term in TERMS if term in models},
        "finding": captions.accuracy(found.numbers),
        "differences": captions.differences(found.pairs),
        "pairs": pair_table(found.pairs),
        "pairs_note": "" if found.pairs.empty else words.pairs(found),
        "left_out": len(found.pairs) - len(_shown(found.pairs)),
    }


def model_table(found: Findings) -> pd.DataFrame:
    """A row per model, best first; scores only if some model has them."""
    rows = [
        {
            "model": name,
            accuracy_title(found.numbers): interval(row),
            "rank": tables.rank(places),
            "runs": _runs(row),
            LOSS: _number(row["loss"]),
            "Brier": _number(row["brier"]),
            "ECE": percent(row["ece"]),
        }
        for (name, row), (_, places) in zip(
            found.numbers.iterrows(), found.ranks.iterrows(), strict=True
        )
    ]
    table = pd.DataFrame(rows)
    scored = found.numbers["loss"].notna().any()
    return table if scored else table.drop(columns=list(SCORES))


def _runs(row: Row) -> str:
    """How many, and the standard deviation of their accuracies in points."""
    return "1" if row["seeds"] == 1 else f"{row['seeds']}, sd {points(row['accuracy_sd'], 2)}"


def _number(value: float) -> str:
    return NONE if pd.isna(value) else f"{value:.3f}"


def pair_table(pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs if pairs.empty else pair_tables.pairs(_shown(pairs))


def _shown(pairs: pd.DataFrame) -> pd.DataFrame:
    """All, or those of the best model where there are many."""
    if len(pairs) <= MOST_PAIRS:
        return pairs
    return pairs[pairs["first"] == pairs["first"].iloc[0]]


def figure(found: Findings) -> Figure:
    """Accuracies with their intervals, best on top; wider where names are long."""
    drawn = charts.accuracies(
        frames.accuracies(found.numbers, found.seeds), looks(found.numbers.index)
    )[""]
    longest = max(map(len, found.numbers.index))
    drawn.set_figwidth(INCHES + max(0, longest - ROOM) * CHARACTER / 72)
    drawn.axes[0].locator_params(axis="x", nbins=5)  # percents with a decimal are wide
    return drawn


def markdown(found: Findings) -> str:
    return "\n\n".join(_parts(content(found))) + "\n"


def _parts(page: dict[str, Any]) -> Iterator[str]:
    yield f"# {plain(page['title'])}"
    yield plain(" ".join(page["answer"]))
    yield from (markdown_table(page["models"]), page["accuracy_note"])
    yield bullets(f"{term}: {meaning}" for term, meaning in page["terms"].items())
    yield "![Test accuracy of each model with its 95 % interval](accuracies.svg)"
    if len(page["pairs"]):
        yield from ("## Differences", page["differences"], markdown_table(page["pairs"]))
        if page["left_out"]:
            yield f"The other {page['left_out']:,} pairs are in pairs.csv."
        yield plain(page["pairs_note"])


def html(found: Findings) -> str:
    """Names are escaped. One script may run, the report's that sorts tables, by its digest."""
    script = files("archbench.report").joinpath("sort.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = content(found)
    (drawing,) = embedded(FIGURE, {"": figure(found)}, page["finding"])
    drawn = {
        "script": Markup(script),
        "script_hash": f"sha256-{digest}",
        "numeric": tables.numeric,
        "drawing": drawing,
    }
    return templates.render("judge", "page.html.j2", page | drawn)


def text(found: Findings) -> str:
    """For the terminal: the answer and the table of models."""
    page = content(found)
    return "\n".join([*page["answer"], "", page["models"].to_string(index=False)])


def drawing(found: Findings) -> str:
    """The figure as a file of its own."""
    return svg(figure(found))
