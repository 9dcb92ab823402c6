"""What stands on a tile of the gallery, in the words and places that its template prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from archbench.gallery.answers import Answers
from archbench.gallery.listing import MANY
from archbench.gallery.sprite import Sprite
from archbench.style.quantities import percent

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


class Guess(NamedTuple):
    name: str
    right: bool
    voters: list[str]
    """The architectures that make it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    index: int
    place: str
    label: str
    prediction: str
    right: bool
    numbers: tuple[int, int]
    """Of the classes above."""
    confidence: float
    top: list[tuple[str, float, str]]
    """The most probable classes: name, probability, the same in words."""
    votes: list[Vote]
    guesses: list[Guess]
    """The same by guess, the commonest first, where there are many; else none."""
    rights: str
    """Of each vote a 1 if it is right, else a 0."""
    people: str
    """What people said, or nothing if they were not asked."""
    views: str
    """The views that show it, as an HTML class."""
    places: str
    """Its place in each of them, as CSS variables."""
    neighbours: list[Neighbour]
    shades: list[Shade]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """Everything that the tiles of one page are taken from."""

    indices: Array
    """Of the test images, in the page's order: the n-th is the sprites' n-th picture."""
    subject: Answers
    each: Sequence[Answers]
    """One architecture's each, in the order of the votes."""
    classes: Sequence[str]
    train_labels: Array
    explanation: Explanation
    """Of the network whose neighbours are shown."""
    neighbours: Array
    """Indices of the training images that `neighbour_pictures` has, ascending."""
    places: Mapping[int, Mapping[str, int]]
    """By an image's index its place in each view that shows it."""
    pictures: Sprite
    neighbour_pictures: Sprite
    shades: Mapping[int, Sprite]
    """Grad-CAMs, by the architecture's number."""
    people: Sequence[str] = ()
    """Of all test images, in their order."""

    def tiles(self) -> list[Tile]:
        return [self._tile(number, int(index)) for number, index in enumerate(self.indices)]

    def _tile(self, number: int, index: int) -> Tile:
        subject = self.subject
        label, prediction = int(subject.labels[index]), int(subject.prediction[index])
        votes = self._votes(index)
        return Tile(
            index=index,
            place=self.pictures.place(number),
            label=self.classes[label],
            prediction=self.classes[prediction],
            right=not subject.wrong[index],
            numbers=(label, prediction),
            confidence=round(float(subject.confidence[index]), 3),
            top=self._top(index),
            votes=votes,
            guesses=by_guess(votes) if len(votes) > MANY else [],
            rights="".join("1" if vote.right else "0" for vote in votes),
            people=self.people[index] if self.people else "",
            views=" ".join(self.places[index]),
            places="; ".join(f"--{view}: {place}" for view, place in self.places[index].items()),
            neighbours=self._neighbours(index),
            shades=[
                Shade(n, sprite.place(number), votes[n].guess) for n, sprite in self.shades.items()
            ],
        )

    def _votes(self, index: int) -> list[Vote]:
        return [
            Vote(n, one.name, self.classes[one.prediction[index]], not one.wrong[index])
            for n, one in enumerate(self.each)
        ]

    def _top(self, index: int) -> list[tuple[str, float, str]]:
        probabilities = self.subject.probabilities[index]
        best = np.argsort(-probabilities, kind="stable")[:TOP]
        return [
            (self.classes[k], round(float(probabilities[k]), 3), percent(probabilities[k]))
            for k in best
        ]

    def _neighbours(self, index: int) -> list[Neighbour]:
        explanation = self.explanation
        pairs = zip(explanation.neighbours[index], explanation.cosines[index], strict=True)
        return [
            Neighbour(
                self.neighbour_pictures.place(int(np.searchsorted(self.neighbours, train))),
                int(train),
                self.classes[self.train_labels[train]],
                f"{cosine:.3f}",
            )
            for train, cosine in pairs
        ]


def by_guess(votes: Sequence[Vote]) -> list[Guess]:
    """The commonest first; of equals the one that is voted for first."""
    voters: dict[tuple[str, bool], list[str]] = {}
    for vote in votes:
        voters.setdefault((vote.guess, vote.right), []).append(vote.architecture)
    guesses = [Guess(name, right, of) for (name, right), of in voters.items()]
    return sorted(guesses, key=lambda guess: -len(guess.voters))
