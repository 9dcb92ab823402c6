"""What stands on a tile of the gallery, in the words and places that its template prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from archbench.gallery.sprite import Sprite
from archbench.gallery.views import Network

Array = NDArray[Any]
TOP = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """What stage explain found of one network; `maps` and `control` where it has a map."""

    neighbours: Array
    """(N, 5) indices of training images, the nearest first."""
    cosines: Array
    maps: Array | None = None
    """uint8 (N, h, w)."""
    control: Array | None = None
    """The first images' maps after shuffling the weights."""
    agreement: float | None = None
    """Rank correlation of the two, in [-1, 1]."""


class Neighbour(NamedTuple):
    place: str
    image: int
    name: str
    cosine: str


class Shade(NamedTuple):
    """A Grad-CAM: of which network (its number), where in that network's sprite."""

    number: int
    place: str
    guess: str


class Vote(NamedTuple):
    number: int
    architecture: str
    guess: str
    right: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    index: int
    place: str
    label: str
    prediction: str
    right: bool
    confidence: str
    top: list[tuple[str, float, str]]
    """The most probable classes: name, probability, the same in words."""
    votes: list[Vote]
    views: str
    """The views that show it, as an HTML class."""
    missed: int | None
    """Its place among the images that every run misses."""
    neighbours: list[Neighbour]
    shades: list[Shade]


def percent(share: float) -> str:
    """Never a whole 100 % that is not one."""
    rounded = round(100 * float(share), 1)
    return ">99.9 %" if rounded == 100.0 and share < 1 else f"{rounded:.1f} %"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """Everything that the tiles of one page are taken from."""

    shown: Array
    """Indices of the test images, in the page's order: the n-th is the sprites' n-th picture."""
    subject: Network
    networks: Sequence[Network]
    classes: Sequence[str]
    train_labels: Array
    explanation: Explanation
    """Of the network whose neighbours are shown."""
    near: Array
    """The training images in the neighbours' sprite, ascending."""
    shaded: Mapping[int, Sprite]
    """By the number of the network."""
    views: Mapping[int, str]
    missed: Mapping[int, int]
    pictures: Sprite
    neighbours: Sprite

    def tiles(self) -> list[Tile]:
        return [self._tile(number, int(index)) for number, index in enumerate(self.shown)]

    def _tile(self, number: int, index: int) -> Tile:
        subject = self.subject
        return Tile(
            index=index,
            place=self.pictures.place(number),
            label=self.classes[subject.labels[index]],
            prediction=self.classes[subject.prediction[index]],
            right=not subject.wrong[index],
            confidence=percent(subject.confidence[index]),
            top=self._top(index),
            votes=[
                Vote(n, one.name, self.classes[one.prediction[index]], not one.wrong[index])
                for n, one in enumerate(self.networks)
            ],
            views=self.views[index],
            missed=self.missed.get(index),
            neighbours=self._neighbours(index),
            shades=[
                Shade(n, sprite.place(number), self.classes[self.networks[n].prediction[index]])
                for n, sprite in self.shaded.items()
            ],
        )

    def _top(self, index: int) -> list[tuple[str, float, str]]:
        probabilities = self.subject.probabilities[index]
        best = np.argsort(-probabilities, kind="stable")[:TOP]
        return [
            (self.classes[k], round(float(probabilities[k]), 3), percent(probabilities[k]))
            for k in best
        ]

    def _neighbours(self, index: int) -> list[Neighbour]:
        found = self.explanation
        pairs = zip(found.neighbours[index], found.cosines[index], strict=True)
        return [
            Neighbour(
                self.neighbours.place(int(np.searchsorted(self.near, train))),
                int(train),
                self.classes[self.train_labels[train]],
                f"{cosine:.3f}",
            )
            for train, cosine in pairs
        ]
