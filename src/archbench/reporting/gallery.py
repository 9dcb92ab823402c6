"""What the contact sheets show: each architecture's mistakes, and the mistakes of all."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from archbench.reporting import selection
from archbench.reporting.palette import colours
from archbench.reporting.sheet import Line, Tile, draw


def mistakes_sheet(
    architecture: str,
    predictions: pd.DataFrame,
    images_nhwc: np.ndarray,
    classes: Sequence[str],
    seeds: Sequence[int],
    tiles: int,
) -> bytes:
    """The most confident mistakes of the first seed: one network's, so that none appears twice."""
    ran = selection.of_seeds(predictions, seeds[:1])
    found = selection.mistakes(ran)
    run = f"seed {seeds[0]}, the first of {len(seeds)}" if len(seeds) > 1 else f"seed {seeds[0]}"
    title = _title(f"{architecture} ({run})", len(found), len(ran), tiles, "true class → predicted")
    rows = found.head(tiles).itertuples(index=False, name="Mistake")
    return draw(title, [_mistake(row, images_nhwc, classes) for row in rows])


def shared_sheet(
    predictions: pd.DataFrame,
    images_nhwc: np.ndarray,
    classes: Sequence[str],
    seeds: Sequence[int],
    tiles: int,
) -> bytes:
    """The images that every run gets wrong. `predictions` has a column `architecture` besides."""
    ran = selection.of_seeds(predictions, seeds)
    found = selection.shared_mistakes(ran)
    shown = found.head(tiles)
    guesses = selection.guesses(ran[ran["index"].isin(shown["index"])])
    key = colours(ran["architecture"])
    runs = f"{_count(len(key), 'architecture')}, {_count(len(seeds), 'seed')}"
    images = ran["index"].nunique()
    note = "mean confidence, true class → each one's guess"
    title = _title(f"Shared by every run ({runs})", len(found), images, tiles, note)
    if len(found):
        title += [Line(name, colour) for name, colour in key.items()]
    rows = shown.itertuples(index=False, name="Shared")
    return draw(title, [_shared(row, guesses, key, images_nhwc, classes) for row in rows])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _title(who: str, found: int, images: int, tiles: int, note: str) -> list[Line]:
    if not found:
        return [Line(f"{who}: no mistakes in {images:,} test images")]
    shown = f"The {tiles} most confident" if tiles < found else "All, most confident first"
    return [
        Line(f"{who}: {_count(found, 'mistake')} in {images:,} test images"),
        Line(f"{shown}; {note}"),
    ]


def _mistake(row: Any, images_nhwc: np.ndarray, classes: Sequence[str]) -> Tile:
    caption = [f"#{row.index}  {row.confidence:.1%}", classes[row.label]]
    caption += [f"→ {classes[row.prediction]}"]
    return Tile(images_nhwc[row.index], [Line(text) for text in caption])


def _shared(
    row: Any,
    guesses: pd.DataFrame,
    key: dict[str, str],
    images_nhwc: np.ndarray,
    classes: Sequence[str],
) -> Tile:
    guess = [Line(classes[guesses.at[row.index, name]], key[name]) for name in key]
    heading = [Line(f"#{row.index}  {row.confidence:.1%}"), Line(f"{classes[row.label]} →")]
    return Tile(images_nhwc[row.index], [*heading, *guess])
