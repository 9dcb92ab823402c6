"""The report: one HTML page that needs nothing but itself. markdown.py writes its twin."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from archbench.base import paths
from archbench.base.records import DatasetRecord, RunRecord
from archbench.report import (
    captions,
    charts,
    curves,
    drawing,
    external,
    frames,
    inference,
    many,
    pair_tables,
    people,
    provenance,
    tables,
    verdict,
    words,
)
from archbench.report.drawing import Panels
from archbench.style import templates
from archbench.style.palette import looks


@dataclass(kw_only=True, slots=True)
class Results:
    """All that the report shows, read from the earlier stages' files.

    Whatever order the architectures come in, here the most accurate is first everywhere, and of
    equals the first by name.
    """

    dataset: DatasetRecord
    runs: list[RunRecord]
    numbers: pd.DataFrame
    """A row per architecture, indexed by it."""
    tables: Mapping[str, pd.DataFrame]
    """By the names of their files; what is not asked for is empty."""
    provenance: Mapping[str, str]

    def __post_init__(self) -> None:
        ranked = self.numbers.sort_index()
        self.numbers = ranked.sort_values("accuracy", ascending=False, kind="stable")
        place = {name: rank for rank, name in enumerate(self.numbers.index)}
        self.runs = sorted(self.runs, key=lambda run: (place[run.architecture], run.seed))
        self.tables = {name: _ordered(table, place) for name, table in self.tables.items()}


def _ordered(table: pd.DataFrame, place: Mapping[Any, int]) -> pd.DataFrame:
    if "architecture" not in table:
        return table
    return table.sort_values(
        "architecture", key=lambda names: names.map(place), kind="stable", ignore_index=True
    )


def html(results: Results) -> str:
    """Names are escaped; the drawings are our own SVG, whose text matplotlib escapes.

    One script may run, which sorts tables: the page's policy names its digest.
    """
    script = files(__package__).joinpath("sort.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    values = content(results)
    drawn = {
        "script": Markup(script),
        "script_hash": f"sha256-{digest}",
        "numeric": tables.numeric,
        "figures": {
            title: embedded(title, panels, values["findings"][title])
            for title, panels in figures(results).items()
        },
    }
    return templates.render("report", "page.html.j2", values | drawn)


def embedded(title: str, panels: Panels, finding: str) -> list[Markup]:
    """Each panel's SVG, read out as the finding or, where there are several, as what it shows."""
    prefix = re.sub(r"\W", "", title)
    drawn = []
    for number, (name, figure) in enumerate(panels.items()):
        axes = figure.axes[0]
        what = f"{title}, {name}: {axes.get_ylabel()} against {axes.get_xlabel()}."
        sentence = what if name else f"{title}: {finding}"
        svg = drawing.embedded(drawing.svg(figure), f"{prefix}{number}", sentence)
        drawn.append(Markup(svg))
    return drawn


def figures(results: Results) -> dict[str, Panels]:
    """By title: each draws its frame."""
    found, numbers, classes = results.tables, results.numbers, results.dataset.classes
    trained, outside = external.trained(numbers), external.external(numbers)
    learned, bins = found["learning_curves"], (found["reliability"], found["scaled_reliability"])
    key = looks(numbers.index, outside)
    frame_of = {
        "Learning curves": frames.learning_curves(learned),
        "Confusion": frames.confusions(found["confusion"], classes),
        "Recall by class": frames.recalls(found["classes"]),
        "Calibration": frames.reliabilities(*bins),
        "Risk and coverage": frames.risk_coverage(found["risk_coverage"]),
    }
    if len(found["robustness"]):
        frame_of["Robustness"] = frames.robustness(found["robustness"])
    shown = {title: many.best(title, frame) for title, frame in frame_of.items()}
    titles = words.calibration_titles(trained)
    drawings = {
        "Test accuracy": charts.accuracies(frames.accuracies(numbers, found["seeds"]), key),
        "Cost and quality": charts.costs(frames.costs(trained), key),
        "Learning curves": curves.learning_curves(
            shown["Learning curves"], frames.stops(learned), key
        ),
        "Confusion": charts.confusions(shown["Confusion"]),
        "Recall by class": charts.recalls(shown["Recall by class"], key),
        "Calibration": curves.reliabilities(shown["Calibration"], titles, key),
        "Risk and coverage": curves.risk_coverage(shown["Risk and coverage"], key),
    }
    if "Robustness" in shown:
        drawings["Robustness"] = curves.robustness(shown["Robustness"], key)
    if len(found["inference"]):
        drawings[inference.TITLE] = inference.drawing(inference.frame(found["inference"]), key)
    return drawings


def content(results: Results) -> dict[str, Any]:
    """The words and tables of the page and of its twin, in the order in which they stand."""
    pairs, numbers, found = results.tables["pairwise"], results.numbers, results.tables
    trained = external.trained(numbers)
    conditions = provenance.conditions(results.dataset, results.runs, trained)
    shared, differing = provenance.recipes(results.runs)
    return {
        "title": f"archbench: {results.dataset.title}",
        "badges": badges(conditions, results.provenance),
        "verdict": verdict.verdict(numbers, pairs, results.runs),
        "findings": captions.findings(numbers, results.runs, found),
        "comparison": tables.comparison(numbers, results.runs, found["ranks"]),
        "accuracy_note": words.accuracy_note(numbers),
        "external_note": external.note(numbers),
        "costs": tables.costs(trained),
        "costs_note": words.costs_note(trained),
        "inference": inference.table(found["inference"]),
        "inference_note": inference.NOTE,
        "partly": many.notes(found, len(trained)),
        **differences(pairs, paths.PAIRWISE),
        "pairs_note": words.pairs_note(numbers),
        "confusion_note": words.confusion_note(results.dataset.classes),
        "confused": tables.confused_pairs(many.best("Confusion", found["confusion"])),
        "names": [] if len(trained) > many.MANY_MODELS else list(trained.index),
        "duplicate_images": f"{found['duplicates']['images'].max():,}",
        "duplicates": tables.duplicates(found["duplicates"]),
        "missed_images": f"{len(found['missed_by_all']):,}",
        "missed_note": words.missed_note(numbers)
        + people.SAID * ("people" in found["missed_by_all"]),
        "missed": tables.missed_by_all(found["missed_by_all"]),
        "calibration": tables.calibration(trained),
        "selective": tables.selective(trained),
        "robustness": tables.robustness(found["robustness_means"]),
        "robustness_pairs": differences(
            found["robustness_pairs"], paths.detail("robustness_pairs")
        ),
        "people": people.section(found, trained.index[0]),
        "corrupted_images": f"{trained['corrupted_images'].max():,.0f}",
        "conditions": conditions,
        "shared": shared,
        "differing": differing,
        "provenance": results.provenance,
        "limits": words.limits(numbers, pairs, results.runs),
        "glossary": words.GLOSSARY,
    }


def differences(pairs: pd.DataFrame, file: Path) -> dict[str, Any]:
    """A matrix and a table of all pairs; of many, where each architecture stands, and why."""
    if not many.are_many(pairs):
        matrix, note = pair_tables.pair_matrix(pairs), ""
    else:
        matrix, note = many.standings(pairs), many.standings_note(pairs, str(file))
    shown = pair_tables.pairs(many.with_the_best(pairs))
    return {"matrix": matrix, "standings_note": note, "pairs": shown}


def badges(conditions: Mapping[str, str], provenance: Mapping[str, str]) -> dict[str, str]:
    """What a reader must know before any number."""
    names = ("budget", "recipes", "seeds", "device")
    return {name: conditions[name] for name in names} | {
        name: provenance[name] for name in ("date", "revision")
    }
