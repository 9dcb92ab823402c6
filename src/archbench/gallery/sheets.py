"""What the contact sheets show: each architecture's mistakes, and what every run misses."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from archbench.gallery import selection
from archbench.gallery.sheet import Line, Tile, draw
from archbench.style.palette import colours


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
    who, shown = f"{architecture} ({run})", _shown(len(found), tiles, "most confident first")
    title = _title(who, "mistake", len(found), len(ran), f"{shown}; true class → predicted")
    rows = found.head(tiles).itertuples(index=False, name="Mistake")
    return draw(title, [_mistake(row, images_nhwc, classes) for row in rows])


def missed_sheet(
    missed: pd.DataFrame,
    predictions: pd.DataFrame,
    images_nhwc: np.ndarray,
    classes: Sequence[str],
    seeds: Sequence[int],
    tiles: int,
) -> bytes:
    """The first of `missed`, which stage compare made, and what each architecture takes them for.

    `predictions` has a column `architecture` besides.
    """
    ran = selection.of_seeds(predictions, seeds)
    shown = missed.head(tiles)
    guesses = selection.guesses(ran[ran["index"].isin(shown["index"])])
    key = colours(ran["architecture"])
    who = f"Missed by every run ({_count(len(key), 'architecture')}, {_count(len(seeds), 'seed')})"
    note = f"{_shown(len(missed), tiles, 'lowest margin first')}; margin, label → each one's guess"
    title = _title(who, "image", len(missed), ran["index"].nunique(), note)
    if len(missed):
        title += [Line(name, colour) for name, colour in key.items()]
    rows = shown.itertuples(index=False, name="Missed")
    return draw(title, [_missed(row, guesses, key, images_nhwc, classes) for row in rows])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _shown(found: int, tiles: int, order: str) -> str:
    return f"{tiles if tiles < found else 'All'} of them, {order}"


def _title(who: str, noun: str, found: int, images: int, note: str) -> list[Line]:
    if not found:
        return [Line(f"{who}: no {noun}s in {images:,} test images")]
    return [Line(f"{who}: {_count(found, noun)} in {images:,} test images"), Line(note)]


def _mistake(row: Any, images_nhwc: np.ndarray, classes: Sequence[str]) -> Tile:
    caption = [f"#{row.index}  {row.confidence:.1%}", classes[row.label]]
    caption += [f"→ {classes[row.prediction]}"]
    return Tile(images_nhwc[row.index], [Line(text) for text in caption])


def _missed(
    row: Any,
    guesses: pd.DataFrame,
    key: dict[str, str],
    images_nhwc: np.ndarray,
    classes: Sequence[str],
) -> Tile:
    """`row.actual` is the name of a class, the guesses are numbers."""
    guess = [Line(classes[guesses.at[row.index, name]], key[name]) for name in key]
    heading = [Line(f"#{row.index}  {row.margin:.2f}"), Line(f"{row.actual} →")]
    return Tile(images_nhwc[row.index], [*heading, *guess])
