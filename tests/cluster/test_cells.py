"""Cells of a pipeline that takes no time: found, recovered, cloned."""

import os
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import psutil
import pytest
import tiny_pipeline
from dvc.dependency.param import ParamsDependency
from dvc.repo import Repo
from ruamel.yaml import YAML
from test_kill import has_ended, wait_for
from tiny_pipeline import git

from archbench.base.errors import Refused
from archbench.cluster import cell, cells, changes, clones
from archbench.cluster.read_once import params_read_once

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:dvc.*")
DVC_YAML = """\
stages:
  first:
    cmd: mkdir -p data/train && cp source data/train/images
    deps: [source]
    outs: [data/train]
  train:
    matrix: {architecture: "${architectures}", seed: "${seeds}"}
    cmd: mkdir -p data/models/${item.architecture} && cp data/train/images
      data/models/${item.architecture}/${item.seed}
    deps: [data/train]
    outs: ["data/models/${item.architecture}/${item.seed}"]
  other:
    cmd: cp source copy
    deps: [source]
    outs: [copy]
  after:
    cmd: cat data/models/*/* > data/all
    deps: [data/models, copy]
    outs: [data/all]
"""
NAMES = ["train@a-0", "train@a-1", "train@b-0", "train@b-1"]


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """Of four cells two have run; dvc.lock is gone."""
    root = tmp_path / "root"
    (root / "data/pretrained").mkdir(parents=True)
    (root / "data/pretrained/README.md").touch()
    (root / "dvc.yaml").write_text(DVC_YAML)
    (root / "source").write_text("s\n")
    (root / "params.yaml").write_text("architectures: [a, b]\nseeds: [0, 1]\n")
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", os.environ["PATH"])  # a cell extends it
    git(root, "init", "--quiet")
    with Repo.init() as repo:
        repo.reproduce(["train@a-1", "train@b-0"])
    (root / "dvc.lock").unlink()
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "all")
    return root


def test_what_needs_no_training(root):
    assert cells.independent() == ["first", "other"]


def test_what_the_run_cache_has_is_merged_and_the_rest_is_named(root):
    (root / "data/models/b/0").unlink()
    (root / "data/models/a/1").write_text("unfinished")
    had, lacking = cells.recover(pull=False)
    assert had == ["train@a-1", "train@b-0"]
    assert lacking == ["train@a-0", "train@b-1"]
    assert (root / "data/models/b/0").read_text() == "s\n"
    assert (root / "data/models/a/1").read_text() == "s\n"
    locked = YAML(typ="safe").load(root / "dvc.lock")["stages"]
    assert sorted(locked) == had
    assert cells.recover(pull=False) == (had, lacking)
    output = tiny_pipeline.dvc(root, "status", *had)
    assert "up to date" in output


def test_other_data_make_other_cells(root):
    (root / "data/train/images").unlink()
    (root / "data/train/images").write_text("other\n")
    assert cells.recover(pull=False) == ([], NAMES)


def test_a_clone_has_the_commit_and_links_to_what_git_has_not(root, tmp_path):
    tiny_pipeline.dvc(root, "remote", "add", "--default", "--local", "store", "../store")
    (root / "data/pretrained/own").touch()
    commit = changes.head()
    (root / "source").write_text("changed since\n")
    git(root, "commit", "--quiet", "--all", "--message", "later")
    with clones.clone(root, "train@a-0", commit, resume=root / ".resume", own_cache=False) as made:
        assert (made / "source").read_text() == "s\n"
        assert not (made / "dvc.lock").exists()
        assert (made / ".resume").resolve() == root / ".resume"
        with Repo(str(made)) as repo:
            assert Path(repo.cache.local.path) == root / ".dvc/cache/files/md5"
            remote = repo.config["remote"][repo.config["core"]["remote"]]
        assert Path(remote["url"]).resolve() == tmp_path / "store"
        with chdir(made):
            cell.train(root, "train@a-0")
        assert (made / "data/train").resolve() == root / "data/train"
        assert (made / "data/pretrained/own").resolve() == root / "data/pretrained/own"
    assert not made.exists()
    assert "train@a-0" in cells.recover(pull=False)[0]


def test_a_clone_with_a_cache_of_its_own(root, tmp_path):
    tiny_pipeline.dvc(root, "config", "--local", "cache.dir", str(tmp_path / "shared"))
    with clones.clone(root, "train@a-0", "HEAD", resume=root / "r", own_cache=True) as made:
        with chdir(made):
            cell.train(root, "train@a-0")
        with Repo(str(made)) as repo:
            assert Path(repo.cache.local.path).is_relative_to(made)
    assert "train@a-0" in cells.recover(pull=False)[1]


def test_a_clone_that_fails_is_removed_too(root):
    with (
        pytest.raises(subprocess.CalledProcessError),
        clones.clone(root, "train@a-0", "no-such-commit", resume=root / "r", own_cache=False),
    ):
        pass
    assert not list((root / clones.PLACE).iterdir())


@pytest.mark.parametrize("name", ["train", "train@c-0", "nonsense"])
def test_a_cell_that_the_matrix_lacks(root, name):
    with pytest.raises(Refused, match=f"^{name}: should be train@ARCHITECTURE-SEED"):
        cell.main(name, "HEAD", root / ".resume", push=False)
    assert not list((root / clones.PLACE).glob("*/"))


def test_a_cell_that_fails_says_what_failed(root):
    change_training(root, "cp ", "false && cp ")
    with pytest.raises(SystemExit, match=r"^train@a-0: failed to run: .* && false .*exited with 1"):
        cell.main("train@a-0", "HEAD", root / ".resume", push=False)
    assert "train@a-0" in cells.recover(pull=False)[1]


def test_params_are_read_anew_after_the_block(root):
    with Repo() as repo, params_read_once():
        (stage,) = repo.stage.collect("first")
        knob = ParamsDependency(stage, "params.yaml", ["seeds"])
        assert knob.read_params() == {"seeds": [0, 1]}
        (root / "params.yaml").write_text("architectures: [a, b]\nseeds: [2]\n")
        assert knob.read_params() == {"seeds": [0, 1]}
        assert ParamsDependency(stage, "params.yaml", ["architectures"]).read_params() == {
            "architectures": ["a", "b"]
        }
    assert knob.read_params() == {"seeds": [2]}


STARTER = """\
import os, subprocess, sys
environment = os.environ | {"ARCHBENCH_PARENT": str(os.getpid())}
cell = subprocess.Popen([sys.executable, "-m", *sys.argv[1:]], env=environment)
print(cell.pid, flush=True)
cell.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends a process with its parent")
def test_a_cell_does_not_outlive_what_started_it(root):
    began = root / "began"
    change_training(root, "mkdir", f"echo $$ > {began} && exec sleep 60 && mkdir")
    command = [sys.executable, "-c", STARTER, "archbench.cluster.cell", "train@a-0"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        started = psutil.Process(int(starter.stdout.readline()))
        wait_for(lambda: began.exists() and began.read_text())
        assert not has_ended(started)
        starter.kill()
    try:
        wait_for(lambda: has_ended(started), 5)
    finally:
        psutil.Process(int(began.read_text())).kill()


def test_a_cell_whose_starter_has_ended_does_not_begin(root, monkeypatch):
    monkeypatch.setenv(cell.PARENT, "1")
    with pytest.raises(SystemExit, match="has ended"):
        cell.main("train@a-0", "HEAD", root / ".resume", push=False)
    assert not (root / clones.PLACE).exists()


def change_training(root: Path, old: str, new: str) -> None:
    kept, training = DVC_YAML.split("  train:")
    (root / "dvc.yaml").write_text(f"{kept}  train:{training.replace(old, new, 1)}")
    git(root, "commit", "--quiet", "--all", "--message", "another training")
