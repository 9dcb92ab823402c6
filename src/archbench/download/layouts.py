"""Which files make a data set, and in which of three formats."""

from dataclasses import dataclass
from typing import NamedTuple


class Member(NamedTuple):
    """One file inside an archive; another size in bytes is refused before a byte is read."""

    name: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Records:
    """The binary version of CIFAR: per image its label, then its pixels, channel by channel.

    The class is the last of `label_bytes` (CIFAR-100 has the coarse class before the fine one).
    """

    train: tuple[Member, ...]
    test: tuple[Member, ...]
    label_bytes: int = 1

    @property
    def members(self) -> tuple[Member, ...]:
        return self.train + self.test


@dataclass(frozen=True, kw_only=True, slots=True)
class Strips:
    """Lossless PNGs, each row of pixels one image; the files of a half have equally many rows.

    Labels are one JSON list for each half.
    """

    train_images: tuple[Member, ...]
    train_labels: Member
    test_images: tuple[Member, ...]
    test_labels: Member

    @property
    def members(self) -> tuple[Member, ...]:
        return (*self.train_images, self.train_labels, *self.test_images, self.test_labels)


@dataclass(frozen=True, kw_only=True, slots=True)
class Idx:
    """The format of MNIST: magic number and dimensions, big-endian, then the bytes."""

    train_images: Member
    train_labels: Member
    test_images: Member
    test_labels: Member

    @property
    def members(self) -> tuple[Member, ...]:
        return (self.train_images, self.train_labels, self.test_images, self.test_labels)


Layout = Records | Strips | Idx
