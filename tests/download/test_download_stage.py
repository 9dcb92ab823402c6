"""The stage itself, as a process of its own, on tiny data."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import own_images
import pytest
from flaky_server import Server
from tiny_data import NOWHERE, Tiny

from archbench.base import files

STAGE = Path(__file__).parents[2] / "stages" / "download.py"
DRIVER = """
import runpy, sys
from archbench.download import remote
from archbench.download.catalogue import DATASETS
from archbench.download.dataset import *
from archbench.download.dataset import *
remote.PAUSES = (0, 0)
DATASETS[{name!r}] = {dataset!r}
sys.path.insert(0, {folder!r})
runpy.run_path({stage!r}, run_name="__main__")
"""


def start(here: Path, tiny: Tiny, data_directory: str = "") -> subprocess.Popen[str]:
    name = tiny.dataset.name
    driver = DRIVER.format(
        name=name, dataset=tiny.dataset, stage=str(STAGE), folder=str(STAGE.parent)
    )
    return run(here, name, data_directory, ["-c", driver])


def run(here: Path, name: str, data_directory: str, command: list[str]) -> subprocess.Popen[str]:
    (here / "params.yaml").write_text(
        f"dataset: {name}\ndata_directory: {data_directory}\n"
        "folder: {path: mine, image_size: 8, mirrorable: false, skip_bad: false}\n"
    )
    return subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=here,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )


def finish(stage: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = stage.communicate(timeout=60)
    return stage.returncode, out, err


def written(here: Path) -> dict[str, bytes]:
    files = [path for path in here.rglob("*") if path.is_file() and path.name != "params.yaml"]
    return {str(path.relative_to(here)): path.read_bytes() for path in files}


def digests(here: Path) -> dict[str, str]:
    arrays = sorted((here / "data").glob("*/*.npy"))
    assert len(arrays) == 4
    return {
        str(path.relative_to(here / "data")): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in arrays
    }


def assert_complete(here: Path, tiny: Tiny) -> None:
    assert set(written(here)) == {
        "data/train/images.npy",
        "data/train/labels.npy",
        "data/test/images.npy",
        "data/test/labels.npy",
        "data/dataset.json",
    }
    for name, expected in zip(tiny.arrays._fields, tiny.arrays, strict=True):
        found = np.load(here / "data" / f"{name.replace('_', '/')}.npy", allow_pickle=False)
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == np.uint8


def test_it_writes_arrays_and_a_description(here: Path, server: Server, each: Tiny) -> None:
    server.files = each.packed
    code, out, err = finish(start(here, each.at(server.url)))
    assert (code, err) == (0, "")
    assert "served by official" in out
    assert_complete(here, each)
    height, width, channels = each.dataset.image_shape
    assert files.read_record(here / "data/dataset.json") == {
        "name": each.dataset.name,
        "title": each.dataset.title,
        "classes": ["a", "b", "c"],
        "mirrorable": False,
        "image_size": [height, width],
        "channels": channels,
        "sha256": digests(here),
    }


def test_the_source_leaves_no_trace_in_what_is_written(
    here: Path, server: Server, packaged: Tiny, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert packaged.package is not None
    server.files = packaged.packed
    finish(start(here, packaged.at(server.url)))
    elsewhere, mine = tmp_path_factory.mktemp("elsewhere"), tmp_path_factory.mktemp("mine")
    (mine / packaged.package).write_bytes(packaged.packed[packaged.package])
    finish(start(elsewhere, packaged, str(mine)))
    assert written(here) == written(elsewhere)


def test_a_refusal_is_no_traceback_and_writes_nothing(here: Path, each: Tiny) -> None:
    code, _, err = finish(start(here, each))
    assert code == 2
    assert "Traceback" not in err
    assert f"official failed: {NOWHERE}" in err
    assert written(here) == {}


def test_cut_archives_write_nothing(here: Path, server: Server, each: Tiny) -> None:
    server.files = {name: content[:-9] for name, content in each.packed.items()}
    code, _, err = finish(start(here, each.at(server.url)))
    assert code == 2
    assert "md5 is" in err
    assert written(here) == {}


def test_killed_in_mid_download_it_recovers(here: Path, server: Server, each: Tiny) -> None:
    server.files, server.faults = each.packed, ["hang"]
    tiny = each.at(server.url)
    partial = here / ".partial" / tiny.dataset.official.archives[0].name
    stage = start(here, tiny)
    while not partial.exists():
        assert stage.poll() is None
        time.sleep(0.01)
    stage.kill()
    stage.communicate(timeout=60)
    assert set(written(here)) == {str(partial.relative_to(here)), ".partial/lock"}  # no final file
    assert finish(start(here, tiny))[0] == 0
    assert_complete(here, tiny)


def test_a_user_s_own_images(here: Path) -> None:
    classes = ("T-shirt", "bag")
    counts = {f"{half}/{name}": 3 for half in ("train", "test") for name in classes}
    own_images.make(here / "mine", counts, colour=False)
    code, _, err = finish(run(here, "folder", "", [str(STAGE)]))
    assert (code, err) == (0, "")
    assert files.read_record(here / "data/dataset.json") == {
        "name": "folder",
        "title": "mine",
        "classes": list(classes),
        "mirrorable": False,
        "image_size": [8, 8],
        "channels": 1,
        "sha256": digests(here),
    }
    assert np.load(here / "data/train/labels.npy").tolist() == [0, 0, 0, 1, 1, 1]
    assert np.load(here / "data/test/images.npy").shape == (6, 8, 8, 1)


def test_a_bad_file_among_them_and_nothing_is_written(here: Path) -> None:
    own_images.make(here / "mine", {"train/a": 3, "train/b": 3})
    own_images.put(here / "mine", "train/b/odd.png", b"")
    code, _, err = finish(run(here, "folder", "", [str(STAGE)]))
    assert code == 2
    assert err.splitlines()[:2] == [
        "mine: 1 file that cannot be used",
        "  train/b/odd.png: empty",
    ]
    assert not (here / "data").exists()
