"""The gallery as pages: one per architecture and one of their ensemble, each a file of its own.

A view is the fragment of the page's address, and the style sheet shows the tiles of the view that
is addressed: links, the back button and bookmarks work as anywhere. The one script filters tiles.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from archbench.gallery import answers, listing, sprite
from archbench.gallery.answers import Answers
from archbench.gallery.listing import View
from archbench.gallery.sprite import Sprite
from archbench.gallery.tiles import Explanation, Shelf
from archbench.style import templates
from archbench.style.palette import Look, looks
from archbench.style.quantities import percent

Array = NDArray[Any]
SIDE, SMALL_SIDE = 128, 64
"""Of a test and of a training image on the page, in pixels: the largest whole multiple below."""
CONTROLS = 6
CONFIDENCES = (
    ("0.99-2", "at least 99 %"),
    ("0.9-0.99", "90 to 99 %"),
    ("0.7-0.9", "70 to 90 %"),
    ("0.5-0.7", "50 to 70 %"),
    ("0-0.5", "below 50 %"),
)
"""What the filter offers: from and below, and the same in words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """All that the pages show."""

    title: str
    classes: Sequence[str]
    seed: int
    test_nhwc: Array
    train_nhwc: Array
    train_labels: Array
    each: Sequence[Answers]
    """Of each architecture's first seed, in the order of the pages."""
    explanations: Sequence[Explanation]
    """In the same order."""
    missed: Array
    """Indices of the test images that every run misses, as stage compare orders them."""
    tiles: int
    """Of a view."""
    people: Sequence[str] = ()
    """What people took each test image for, in words, if they were asked."""


def pages(material: Material) -> Iterator[tuple[str, str]]:
    """The stem of each file and its HTML: megabytes, so that each is made when it is asked for."""
    each = material.each
    near = int(np.argmin([one.wrong.sum() for one in each]))
    yield "index", render(material, answers.ensemble(each), near, listing.best(each))
    for number, one in enumerate(each):
        yield one.name, render(material, one, number, [number])


def render(material: Material, subject: Answers, near: int, explained: Sequence[int]) -> str:
    """The page of one network or, where `subject` is none of them, of the ensemble.

    `near` is the number of the network whose neighbours are shown, `explained` of the Grad-CAMs.
    """
    each, classes = material.each, material.classes
    views = listing.views_of(subject, each, material.missed, material.tiles)
    pairs = listing.pair_views(subject, views, classes)
    shelf = stock(material, subject, near, explained, [*views, *pairs])
    one, names = subject is each[near], [network.name for network in each]
    script, digest = script_and_digest()
    values = heading(material, subject) | {
        "script": Markup(script),
        "script_hash": digest,
        "subject": subject.name if one else None,
        "views": views,
        "pairs": pairs,
        "cells": listing.matrix(subject, classes, pairs),
        "drawn": len(classes) <= listing.DRAWN_CLASSES,
        "frequent": listing.frequent(pairs, classes),
        "missed": len(material.missed),
        "duels": listing.duels(each),
        "right_alone": listing.right_alone(each),
        "number": near,
        "near": names[near],
        "sprites": styles(shelf),
        "tiles": shelf.tiles(),
        "few": len(listing.best(each)),
        "many": len(names) > listing.MANY,
        "people": bool(material.people),
        "reduced": shelf.pictures.width < material.test_nhwc.shape[2],
        "control": control(material.explanations[near], shelf) if one else None,
        "without_map": [names[n] for n in explained if material.explanations[n].maps is None],
    }
    return templates.render("gallery", "gallery.html.j2", values)


def heading(material: Material, subject: Answers) -> dict[str, Any]:
    """What the page is about, and how often its subject is right."""
    names = [network.name for network in material.each]
    return {
        "title": material.title,
        "seed": material.seed,
        "wrong": int(subject.wrong.sum()),
        "images": len(subject.labels),
        "accuracy": percent(1 - subject.wrong.mean()),
        "names": names,
        "looks": [style_of(looks(names)[name]) for name in names],
        "classes": material.classes,
        "confidences": CONFIDENCES,
    }


def style_of(look: Look) -> str:
    """Of an architecture's mark, as CSS."""
    outline = ", ".join(f"{100 * x:g}% {100 * y:g}%" for x, y in look.shape.outline)
    shape = f"clip-path: polygon({outline})" if outline else "border-radius: 50%"
    return f"background: {look.colour}; {shape}"


def script_and_digest() -> tuple[str, str]:
    """The filter, and what the page's policy calls it: no other script may run."""
    script = files(__package__).joinpath("filter.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return script, f"sha256-{digest}"


def stock(
    material: Material,
    subject: Answers,
    near: int,
    explained: Sequence[int],
    views: Sequence[View],
) -> Shelf:
    """The pictures of a page: its test images and after them those of the control, and so on."""
    indices = listing.in_order(subject, views)
    explanation = material.explanations[near]
    neighbours = np.unique(explanation.neighbours[indices])
    pictured = np.concatenate([indices, np.arange(CONTROLS).clip(max=len(subject.labels) - 1)])
    maps = {n: material.explanations[n].maps for n in explained}
    return Shelf(
        indices=indices,
        subject=subject,
        each=material.each,
        classes=material.classes,
        train_labels=material.train_labels,
        explanation=explanation,
        neighbours=neighbours,
        places=places_of(views),
        people=material.people,
        pictures=sprite.pictures(material.test_nhwc, pictured, lossless=True),
        neighbour_pictures=sprite.pictures(material.train_nhwc, neighbours, lossless=False),
        shades={
            n: sprite.shades(every[pictured]) for n, every in maps.items() if every is not None
        },
    )


def places_of(views: Sequence[View]) -> dict[int, dict[str, int]]:
    """By an image's index its place in each view that shows it."""
    places: dict[int, dict[str, int]] = {}
    for view in views:
        for place, index in enumerate(view.images.tolist()):
            places.setdefault(index, {})[view.name] = place
    return places


def styles(shelf: Shelf) -> list[dict[str, Any]]:
    """How the style sheet shows each sprite: its class, and one picture's size on the page."""
    pictures = [("test", shelf.pictures, SIDE), ("near", shelf.neighbour_pictures, SMALL_SIDE)]
    sprites = [_style(name, one, one, side) for name, one, side in pictures]
    for number, one in shelf.shades.items():
        sprites.append(_style(f"shade-{number}", one, shelf.pictures, SIDE))
    return sprites


def _style(name: str, one: Sprite, measure: Sprite, side: int) -> dict[str, Any]:
    scale = max(1, side // max(measure.height, measure.width))
    width, height = measure.width * scale, measure.height * scale
    return {
        "name": name,
        "uri": one.uri,
        "width": width,
        "height": height,
        "sheet": f"{sprite.COLUMNS * width}px {max(1, one.rows) * height}px",
    }


def control(explanation: Explanation, shelf: Shelf) -> dict[str, Any] | None:
    """The first test images, nobody's choice: their maps and those of shuffled weights."""
    if explanation.control is None:
        return None
    shuffled = sprite.shades(explanation.control[:CONTROLS])
    count, first = min(CONTROLS, len(explanation.control)), len(shelf.indices)
    return {
        "style": _style("shuffled", shuffled, shelf.pictures, SIDE),
        "places": {n: (shelf.pictures.place(first + n), shuffled.place(n)) for n in range(count)},
        "images": len(explanation.control),
        "agreement": explanation.agreement,
    }
