"""A dvc.lock that was cut off while DVC wrote it."""

from itertools import pairwise
from pathlib import Path

import pytest
import tiny_pipeline
from dvc.repo import Repo
from ruamel.yaml import YAML

from archbench import lockfile

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:dvc.*")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tiny_pipeline.make(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cuts(content: bytes) -> list[int]:
    """Within each line, at its end and after it."""
    ends = [0] + [index + 1 for index, byte in enumerate(content) if byte == ord("\n")]
    lines = pairwise(ends)
    return sorted({cut for start, end in lines for cut in (start, (start + end) // 2, end - 1)})


def sums(lock: bytes) -> dict[str, list[tuple[str, str]]]:
    """The rest of an entry is sizes, which DVC may do without."""
    stages = YAML(typ="safe").load(lock)["stages"]
    return {
        f"{name} {kind}": [(entry["path"], entry["md5"]) for entry in stage[kind]]
        for name, stage in stages.items()
        for kind in ("deps", "outs")
    }


@pytest.mark.parametrize(
    "staged",
    [
        pytest.param(True, id="in git"),
        pytest.param(False, id="unknown to git", marks=pytest.mark.slow),
    ],
)
def test_wherever_it_was_cut_off_nothing_runs_again(here, staged, capsys):
    whole = lockfile.LOCK.read_bytes()
    if staged:
        tiny_pipeline.git(here, "add", "dvc.lock")
    for cut in cuts(whole):
        lockfile.LOCK.write_bytes(whole[:cut])
        lockfile.repair()
        with Repo() as repo:
            repo.reproduce()
        assert sums(lockfile.LOCK.read_bytes()) == sums(whole), cut
    assert tiny_pipeline.runs(here) == 2
    outcome = "git's is in its place" if staged else "DVC begins a new one"
    line = f"dvc.lock was damaged and is now dvc.lock.damaged; {outcome}\n"
    assert line in capsys.readouterr().out


def test_a_cut_off_one_in_the_index_is_passed_over(here):
    whole = lockfile.LOCK.read_bytes()
    tiny_pipeline.git(here, "add", "dvc.lock")
    tiny_pipeline.git(here, "commit", "--quiet", "--message", "whole")
    lockfile.LOCK.write_bytes(whole[:-3])
    tiny_pipeline.git(here, "add", "dvc.lock")
    lockfile.repair()
    assert lockfile.LOCK.read_bytes() == whole
    assert Path("dvc.lock.damaged").read_bytes() == whole[:-3]


def test_one_that_is_whole_or_not_there_is_left_alone(here, capsys):
    whole = lockfile.LOCK.read_bytes()
    lockfile.repair()
    assert lockfile.LOCK.read_bytes() == whole
    lockfile.LOCK.unlink()
    lockfile.repair()
    assert not lockfile.LOCK.exists()
    assert capsys.readouterr().out == ""
