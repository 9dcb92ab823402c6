"""Bits that flip while a file keeps its size and time."""

import os
import shlex
from pathlib import Path

import pytest
import tiny_pipeline

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:dvc.*")

VERIFY = ("python", "-m", "archbench.verify")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    tiny_pipeline.make(tmp_path)
    return tmp_path


def flip(path: Path) -> None:
    """Unseen by DVC."""
    content, before = path.read_bytes(), path.stat()
    path.chmod(0o644)
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    path.chmod(before.st_mode)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def cached(here: Path, name: str) -> Path:
    """The object of the same content."""
    objects = (here / ".dvc/cache/files/md5").glob("??/*")
    content = (here / name).read_bytes()
    return next(path for path in objects if path.read_bytes() == content)


def test_all_is_whole(here):
    """Two files and a list in the cache, three in the workspace: `copy` is as `out/one`."""
    assert tiny_pipeline.run(here, *VERIFY) == "6 of 6 files are whole\n"


@pytest.mark.parametrize(("in_cache", "runs"), [(False, 2), (True, 4)])
def test_the_commands_that_it_names_restore_what_is_damaged(here, in_cache, runs):
    damaged = [cached(here, "out/two")] if in_cache else []
    damaged.append(here / "out/two")
    for path in damaged:
        flip(path)
    assert "up to date" in tiny_pipeline.dvc(here, "status")
    first, _, *commands = tiny_pipeline.run(here, *VERIFY, status=1).splitlines()
    assert first == f"{6 - len(damaged)} of 6 files are whole"
    named = {here / word for word in shlex.split(commands[0])[2:]}
    assert named == set(damaged)
    for command in commands:
        tiny_pipeline.run(here, *shlex.split(command))
    assert (here / "out/two").read_text() == "two\n"
    assert tiny_pipeline.run(here, *VERIFY) == "6 of 6 files are whole\n"
    assert tiny_pipeline.runs(here) <= runs


def test_a_damaged_list_of_files_is_named(here):
    listed = next((here / ".dvc/cache/files/md5").glob("??/*.dir"))
    flip(listed)
    assert str(listed) in tiny_pipeline.run(here, *VERIFY, status=1)
