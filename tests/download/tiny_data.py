"""Tiny data sets in the exact formats of the real ones, each official and as a package if any."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PIL import Image

from archbench.download.dataset import (
    Archive,
    Dataset,
    DebPackage,
    Digests,
    Idx,
    Layout,
    Member,
    NpmPackage,
    Official,
    Package,
    Records,
    Strips,
)
from archbench.download.decode import Arrays

NOWHERE = "http://127.0.0.1:1/"
"""Nothing listens on port 1: refused at once."""


@dataclass(frozen=True)
class Tiny:
    dataset: Dataset
    arrays: Arrays
    files: dict[str, bytes]
    """The official members by name."""
    packed: dict[str, bytes]
    """The official archives by name, then the package."""
    package: str | None
    """The package's name among the packed."""

    def at(self, mirror: str) -> "Tiny":
        official = replace(self.dataset.official, mirrors=(mirror,))
        return replace(self, dataset=replace(self.dataset, official=official))


def cifar() -> Tiny:
    """Eight training images in two batches, four test images, 2 by 3 pixels, three classes."""
    arrays = random_arrays(train=8, test=4, shape=(2, 3, 3))
    halves = {
        "bin/data_1.bin": (arrays.train_images[:4], arrays.train_labels[:4]),
        "bin/data_2.bin": (arrays.train_images[4:], arrays.train_labels[4:]),
        "bin/test.bin": (arrays.test_images, arrays.test_labels),
    }
    files = {name: records(*half) for name, half in halves.items()}
    strips = {
        "package/1.png": png(arrays.train_images[:4]),
        "package/2.png": png(arrays.train_images[4:]),
        "package/train.json": json.dumps(arrays.train_labels.tolist()).encode(),
        "package/test.png": png(arrays.test_images),
        "package/test.json": json.dumps(arrays.test_labels.tolist()).encode(),
    }
    data_1, data_2, test = members(files)
    png_1, png_2, train_labels, test_png, test_labels = members(strips)
    layout = Strips(
        train_images=(png_1, png_2),
        train_labels=train_labels,
        test_images=(test_png,),
        test_labels=test_labels,
    )
    return assemble(
        "cifar10",
        arrays,
        files,
        {"tiny-binary.tar.gz": tar_gz({"bin/readme.html": b"<p>", **files})},
        Records(train=(data_1, data_2), test=(test,)),
        npm("cifar10", tar_gz(strips), layout),
    )


def cifar100() -> Tiny:
    """A coarse class before the fine one; no package, no known sums of arrays."""
    arrays = random_arrays(train=6, test=3, shape=(3, 2, 3))
    files = {
        "bin/train.bin": records(arrays.train_images, arrays.train_labels, 9),
        "bin/test.bin": records(arrays.test_images, arrays.test_labels, 9),
    }
    train, test = members(files)
    tiny = assemble(
        "cifar100",
        arrays,
        files,
        {"tiny-100-binary.tar.gz": tar_gz({"bin/fine_label_names.txt": b"a\nb\nc", **files})},
        Records(train=(train,), test=(test,), label_bytes=2),
        None,
    )
    return replace(tiny, dataset=replace(tiny.dataset, sha256=None))


def mnist() -> Tiny:
    """Six training and three test images of 3 by 2 pixels."""
    arrays, files = idx_files()
    boxed = {f"package/data/{name}": content for name, content in files.items()}
    return assemble_idx("mnist", arrays, files, npm("mnist", tar_gz(boxed), idx_layout(boxed)))


def fashion() -> Tiny:
    """The same shape, and a .deb whose files are each compressed by themselves."""
    arrays, files = idx_files()
    boxed = {f"./usr/share/{name}": content for name, content in files.items()}
    zipped = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in boxed.items()}
    package = DebPackage(name="tiny-fashion", layout=idx_layout(boxed))
    packed = (package, "tiny-fashion_1.0-1_all.deb", deb({"data.tar.xz": tar(zipped, "w:xz")}))
    return assemble_idx("fashion_mnist", arrays, files, packed)


def idx_files() -> tuple[Arrays, dict[str, bytes]]:
    arrays = random_arrays(train=6, test=3, shape=(3, 2, 1))
    return arrays, {
        "train-images-idx3-ubyte": idx(arrays.train_images[..., 0]),
        "train-labels-idx1-ubyte": idx(arrays.train_labels),
        "t10k-images-idx3-ubyte": idx(arrays.test_images[..., 0]),
        "t10k-labels-idx1-ubyte": idx(arrays.test_labels),
    }


def idx_layout(files: dict[str, bytes]) -> Idx:
    return Idx(**dict(zip(Idx.__slots__, members(files), strict=True)))


Packed = tuple[Package, str, bytes]
"""A package, its file's name and its file."""


def npm(name: str, tarball: bytes, layout: Layout) -> Packed:
    sha256 = hashlib.sha256(tarball).hexdigest()
    package = NpmPackage(spec=f"tiny-{name}@1.0.0", sha256=sha256, layout=layout)
    return package, package.file, tarball


def assemble_idx(name: str, arrays: Arrays, files: dict[str, bytes], packed: Packed) -> Tiny:
    archives = {f"{file}.gz": gzip.compress(content) for file, content in files.items()}
    return assemble(name, arrays, files, archives, idx_layout(files), packed)


def assemble(
    name: str,
    arrays: Arrays,
    files: dict[str, bytes],
    archives: dict[str, bytes],
    layout: Layout,
    packed: Packed | None,
) -> Tiny:
    md5 = {archive: hashlib.md5(content).hexdigest() for archive, content in archives.items()}
    package, file, content = packed or (None, None, b"")
    dataset = Dataset(
        name=name,
        title=f"Tiny {name}",
        classes=("a", "b", "c"),
        mirrorable=False,
        train_size=len(arrays.train_labels),
        test_size=len(arrays.test_labels),
        image_shape=arrays.train_images.shape[1:],
        sha256=Digests(*(hashlib.sha256(array.tobytes()).hexdigest() for array in arrays)),
        official=Official(
            mirrors=(NOWHERE,),
            archives=tuple(Archive(name=a, checksum=f"md5:{md5[a]}") for a in archives),
            layout=layout,
        ),
        package=package,
    )
    return Tiny(dataset, arrays, files, archives | ({file: content} if file else {}), file)


def random_arrays(train: int, test: int, shape: tuple[int, int, int]) -> Arrays:
    generator = np.random.default_rng(0)

    def images(count: int) -> np.ndarray:
        return generator.integers(0, 256, (count, *shape), np.uint8)

    def labels(count: int) -> np.ndarray:
        return (np.arange(count) % 3).astype(np.uint8)

    return Arrays(images(train), labels(train), images(test), labels(test))


def members(files: dict[str, bytes]) -> list[Member]:
    return [Member(name, len(content)) for name, content in files.items()]


def records(images_nhwc: np.ndarray, labels: np.ndarray, *coarse: int) -> bytes:
    pairs = zip(labels, images_nhwc, strict=True)
    return b"".join(
        bytes([*coarse, label]) + image.transpose(2, 0, 1).tobytes() for label, image in pairs
    )


def png(images_nhwc: np.ndarray) -> bytes:
    rows = images_nhwc.reshape(len(images_nhwc), -1, images_nhwc.shape[-1])
    file = io.BytesIO()
    Image.fromarray(rows).save(file, "PNG")
    return file.getvalue()


def idx(array: np.ndarray) -> bytes:
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def deb(files: Mapping[str, bytes]) -> bytes:
    """An `ar` archive: what it begins with, then the files at even places, each with a header."""
    files = {"debian-binary": b"2.0\n", "control.tar.xz": b"odd", **files}
    return b"!<arch>\n" + b"".join(
        f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode()
        + content
        + b"\n" * (len(content) % 2)
        for name, content in files.items()
    )


def tar_gz(files: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    return tar(files, "w:gz")


def tar(files: Mapping[str, bytes | tarfile.TarInfo], mode: Literal["w:gz", "w:xz"]) -> bytes:
    """A TarInfo instead of bytes is added as it is: a link, say."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode=mode) as tar:
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                tar.addfile(content)
            else:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry
