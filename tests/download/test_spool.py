"""Pictures come back from the disk as they went there, and take next to no memory."""

import errno
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from allocated import at_most
from own_images import asked, make

from archbench.base import files
from archbench.base.errors import Refused
from archbench.download import folder, picture, spool
from archbench.download.spool import Pictures, Spool

IMAGES = np.random.default_rng(0).integers(256, size=(12, 5, 5, 3), dtype=np.uint8)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Spool]:
    with spool.opened(tmp_path, 5) as one:
        yield one


def put_all(one: Spool, images: np.ndarray = IMAGES) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one.put, reversed(range(len(images))), images[::-1]))


@pytest.mark.parametrize("channels", [1, 3])
def test_what_is_written_is_the_array_of_the_pictures(
    opened: Spool, tmp_path: Path, channels: int
) -> None:
    images = IMAGES if channels == 3 else IMAGES[..., :1].repeat(3, axis=3)
    put_all(opened, images)
    order = [7, 0, 11]
    pictures = Pictures(opened, order, channels)
    spool.write(tmp_path / "streamed.npy", pictures)
    files.write_array(tmp_path / "whole.npy", np.array(images[order][..., :channels]))
    assert (tmp_path / "streamed.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()
    assert len(pictures) == 3


def test_a_disk_that_takes_a_few_bytes_at_a_time_gets_them_all(
    opened: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, place: whole(file, data[:7], place))
    put_all(opened)
    np.testing.assert_array_equal(list(Pictures(opened, range(12), 3)), IMAGES)


def test_a_full_disk_is_refused_in_one_line_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    root = make(tmp_path / "mine", {"train/cat": 3, "train/dog": 3})
    (tmp_path / "partial").mkdir()
    monkeypatch.setattr(os, "pwrite", full)
    with (
        pytest.raises(Refused) as refused,
        spool.opened(tmp_path / "partial", 8) as one,
    ):
        folder.load(asked(root), one)
    assert str(refused.value) == f"{tmp_path}/partial cannot be written: No space left on device"
    assert not list((tmp_path / "partial").iterdir())


def test_a_folder_of_any_number_of_pictures_takes_the_memory_of_a_few(
    opened: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The arrays are 20 MB; two or more threads have a picture or two of 64 kB each in hand."""
    root = make(tmp_path / "mine", {"train/cat": 160, "train/dog": 160})
    monkeypatch.setattr(folder, "ThreadPoolExecutor", lambda: ThreadPoolExecutor(2))
    picture.read(root / "train/cat/00.png", 8)  # Pillow's own beginnings
    with spool.opened(tmp_path, 146) as one, at_most(3_000_000):
        halves, _ = folder.load(asked(root, image_size=146), one)
        spool.write(tmp_path / "train.npy", halves.train_images)
    assert (tmp_path / "train.npy").stat().st_size > 16_000_000
