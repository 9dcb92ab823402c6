"""The report's twin for a pull request: the same words and tables, in the same order."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from archbench.report.page import Results, content


def markdown(results: Results) -> str:
    return "\n\n".join(_parts(content(results))) + "\n"


def _parts(page: Mapping[str, Any]) -> Iterator[str]:
    found = page["findings"]
    yield f"# {plain(page['title'])}"
    for question, sentences in page["verdict"].items():
        yield f"**{question}.** {plain(' '.join(sentences))}"
    yield bullets(_pairs_of(page["badges"]))
    yield from ("## Comparison", table(page["comparison"]), page["accuracy_note"])
    if page["external_note"]:
        yield plain(page["external_note"])
    yield from ("## Cost and quality", plain(found["Cost and quality"]), table(page["costs"]))
    yield page["costs_note"]
    if len(page["inference"]):
        yield from ("## Cost of use", plain(found["Cost of use"]), table(page["inference"]))
        yield page["inference_note"]
    yield "## Differences"
    if len(page["pairs"]):
        yield plain(found["Differences"])
        yield from _differences(page)
        yield page["pairs_note"]
    else:
        yield "One architecture ran alone."
    yield from ("## Most frequent confusions", plain(found["Confusion"]), table(page["confused"]))
    if "Confusion" in page["partly"]:
        yield plain(page["partly"]["Confusion"])
    yield from _flaws(page)
    yield "## Calibration, as trained → after temperature scaling"
    yield from (plain(found["Calibration"]), table(page["calibration"]))
    yield "## Selective prediction"
    yield from (plain(found["Risk and coverage"]), table(page["selective"]))
    yield from _robustness(page)
    yield from _people(page["people"])
    yield from ("## What was run", bullets(_pairs_of(page["conditions"])))
    yield "## Recipes"
    yield table(page["differing"]) if len(page["differing"]) else "All settings are the same."
    shared = ", ".join(f"{key} {value}" for key, value in page["shared"].items())
    yield f"The same for all: {plain(shared)}; the rest is off."
    yield from ("## Provenance", bullets(_pairs_of(page["provenance"])))
    yield from ("## Limits", bullets(page["limits"]))
    yield from ("## Glossary", bullets(_pairs_of(page["glossary"])))


def _flaws(page: Mapping[str, Any]) -> Iterator[str]:
    images = page["duplicate_images"]
    yield f"## Without {images} test images that have near-duplicates in training"
    yield table(page["duplicates"])
    yield "## Missed by every run"
    yield f"{page['missed_images']} test images. {plain(page['missed_note'])}"
    yield table(page["missed"]) if len(page["missed"]) else "None."


def _robustness(page: Mapping[str, Any]) -> Iterator[str]:
    """Nothing where corrupted images were not predicted."""
    if not len(page["robustness"]):
        return
    yield "## Robustness: mean over all corruptions"
    yield from (plain(page["findings"]["Robustness"]), table(page["robustness"]))
    if len(page["robustness_pairs"]["pairs"]):
        yield from _differences(page["robustness_pairs"])


def _differences(page: Mapping[str, Any]) -> Iterator[str]:
    if page["standings_note"]:
        yield plain(page["standings_note"])
    yield from (table(page["matrix"]), table(page["pairs"]))


def _people(section: Mapping[str, Any]) -> Iterator[str]:
    """Nothing where people were not asked."""
    if section:
        yield from ("## People", plain(section["finding"]), table(section["table"]))
        yield plain(f"{section['suspects']} {section['note']}")


def table(frame: pd.DataFrame) -> str:
    rows = [list(frame.columns), ["---"] * len(frame.columns), *frame.to_numpy().tolist()]
    return "\n".join("| " + " | ".join(_cell(value) for value in row) + " |" for row in rows)


def _cell(value: object) -> str:
    return value if value == "---" else plain(str(value))


def _pairs_of(values: Mapping[str, str]) -> Iterator[str]:
    return (f"{key}: {value}" for key, value in values.items())


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {plain(line)}" for line in lines)


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line: a class may be named `<script>` or `a|b`."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>|#~&])", r"\\\1", one_line)
