"""The gallery as pages: one per architecture and one for all, each a file that needs no other.

No page has a script. A view is the fragment of the page's address, and the style sheet shows the
tiles of the view that is addressed, so links, the back button and bookmarks work as anywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archbench.gallery import listing, sprite, views
from archbench.gallery.listing import View
from archbench.gallery.sprite import Sprite
from archbench.gallery.tiles import Explanation, Shelf, percent
from archbench.gallery.views import Network
from archbench.style import templates
from archbench.style.palette import colours

Array = NDArray[Any]
SIDE, SMALL_SIDE = 128, 64
"""Of a test and of a training image on the page, in pixels: the largest whole multiple below."""
CONTROLS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """All that the pages show. `networks` are the first seeds', one of each architecture."""

    title: str
    classes: Sequence[str]
    seed: int
    test_nhwc: Array
    train_nhwc: Array
    train_labels: Array
    networks: Sequence[Network]
    explanations: Sequence[Explanation]
    missed: Array
    """Indices of the test images that every run misses, as stage compare orders them."""
    tiles: int
    """Of a view."""


def pages(material: Material) -> dict[str, str]:
    """HTML by the stem of its file."""
    networks = material.networks
    best = int(np.argmin([network.wrong.sum() for network in networks]))
    together = render(material, views.mean(networks), best, range(len(networks)))
    each = {one.name: render(material, one, n, [n]) for n, one in enumerate(networks)}
    return {"index": together} | each


def render(material: Material, subject: Network, near: int, shaded: Sequence[int]) -> str:
    """`near` is the number of the network whose neighbours are shown, `shaded` of the Grad-CAMs."""
    explanation = material.explanations[near]
    listed = listing.views_of(subject, material.networks, material.missed, material.tiles)
    pairs = listing.pair_views(subject, listed, material.classes, material.tiles)
    shelf = stock(material, subject, near, shaded, [*listed, *pairs])
    cells = listing.matrix(subject, material.classes, pairs)
    one = subject is material.networks[near]
    names = [network.name for network in material.networks]
    shown = {
        "title": material.title,
        "seed": material.seed,
        "subject": subject.name if one else None,
        "wrong": int(subject.wrong.sum()),
        "images": len(subject.labels),
        "accuracy": percent(1 - subject.wrong.mean()),
        "names": names,
        "colours": [colours(names)[name] for name in names],
        "views": listed if one else sorted(listed, key=lambda view: view.name != listing.MISSED),
        "pairs": pairs,
        "cells": cells if len(material.classes) <= listing.DRAWN_CLASSES else None,
        "frequent": listing.frequent(cells),
        "duels": duels(material.networks),
        "number": near,
        "near": names[near],
        "sprites": styles(shelf),
        "tiles": shelf.tiles(),
        "reduced": shelf.pictures.width < material.test_nhwc.shape[2],
        "control": control(explanation, shelf) if one else None,
        "without_map": [names[n] for n in shaded if material.explanations[n].maps is None],
    }
    return templates.render("gallery", "gallery.html.j2", shown)


def stock(
    material: Material,
    subject: Network,
    near: int,
    shaded: Sequence[int],
    listed: Sequence[View],
) -> Shelf:
    """The pictures of a page: its test images and after them those of the control, and so on."""
    shown = listing.in_order(subject, listed)
    explanation = material.explanations[near]
    trained = np.unique(explanation.neighbours[shown])
    pictured = np.concatenate([shown, np.arange(CONTROLS).clip(max=len(subject.labels) - 1)])
    maps = {n: material.explanations[n].maps for n in shaded}
    return Shelf(
        shown=shown,
        subject=subject,
        networks=material.networks,
        classes=material.classes,
        train_labels=material.train_labels,
        explanation=explanation,
        near=trained,
        shaded={
            n: sprite.shades(every[pictured]) for n, every in maps.items() if every is not None
        },
        views=names_of(listed),
        missed={int(index): place for place, index in enumerate(material.missed)},
        pictures=sprite.pictures(material.test_nhwc[pictured], lossless=True),
        neighbours=sprite.pictures(material.train_nhwc[trained], lossless=False),
    )


def names_of(listed: Sequence[View]) -> dict[int, str]:
    """The views that show each image."""
    names: dict[int, list[str]] = {}
    for view in listed:
        for index in view.images:
            names.setdefault(int(index), []).append(view.name)
    return {index: " ".join(shown) for index, shown in names.items()}


def styles(shelf: Shelf) -> list[dict[str, Any]]:
    """How the style sheet shows each sprite: its class, and one picture's size on the page."""
    drawn = [("test", shelf.pictures, SIDE), ("near", shelf.neighbours, SMALL_SIDE)]
    sprites = [_style(name, one, one, side) for name, one, side in drawn]
    for number, one in shelf.shaded.items():
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


def duels(networks: Sequence[Network]) -> list[list[int]]:
    """How many images the row's network gets right and the column's wrong."""
    return [[int((~a.wrong & b.wrong).sum()) for b in networks] for a in networks]


def control(explanation: Explanation, shelf: Shelf) -> dict[str, Any] | None:
    """The first test images, nobody's choice: their maps and those of shuffled weights."""
    if explanation.control is None:
        return None
    shuffled = sprite.shades(explanation.control[:CONTROLS])
    count, first = min(CONTROLS, len(explanation.control)), len(shelf.shown)
    places: Mapping[int, tuple[str, str]] = {
        n: (shelf.pictures.place(first + n), shuffled.place(n)) for n in range(count)
    }
    return {
        "style": _style("shuffled", shuffled, shelf.pictures, SIDE),
        "places": places,
        "images": len(explanation.control),
        "agreement": explanation.agreement,
    }
