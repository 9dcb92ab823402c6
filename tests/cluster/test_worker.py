"""A machine that does not see the project's folder trains from what it is sent, and gives back."""

import shutil
import tempfile
from contextlib import chdir

import pytest
import workspace
from launched import change, found, train_alone

from archbench.base.errors import Refused
from archbench.cluster import cells, changes, elsewhere, worker
from archbench.cluster.worker import Work

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

CELL = "train@mlp-1"


@pytest.fixture
def work(project, tmp_path, monkeypatch) -> Work:
    change(project, "mlp", lr=0.0013)
    project.run("dvc", "remote", "add", "--force", "--default", "store", str(tmp_path / "store"))
    workspace.commit(project, "a remote")
    project.run("dvc", "repro", "split", "pretrained")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with chdir(project.root):
        here = Work(
            root=project.root,
            mark=project.root / "not there",
            commit=changes.head(),
            threads=1,
            gpus=0,
        )
        return elsewhere.portable(here, [CELL])


def test_elsewhere(project, work, tmp_path):
    assert set(work.inputs) == {
        *("data/dataset.json", "data/train", "data/split", "data/origins/mlp")
    }
    shutil.rmtree(project.root / "data/models/mlp", ignore_errors=True)  # of other tests
    project.run("dvc", "push", *work.inputs)
    heard: list[str] = []
    status, tail = worker.run(work, CELL, heard.append)
    assert status == 0, tail
    assert [line for line in heard if line.startswith("epoch 4/4")]
    assert not (project.root / "data/models/mlp").exists()
    with chdir(project.root):
        had, lacking = cells.recover(pull=True)
    assert CELL in had
    assert "train@mlp-0" in lacking
    returned = found(project.root)
    assert [name for name in returned if "mlp/1/" in name]
    train_alone(project, CELL)
    assert found(project.root) == returned
    # what was pulled is there for the next cell; but a cell that cannot be given back has failed
    (tmp_path / "store").rename(tmp_path / "gone")
    (tmp_path / "store").touch()
    assert worker.run(work, CELL, heard.append)[0] != 0


def test_a_machine_that_cannot_reach_the_remote_says_so(project, work, tmp_path):
    with pytest.raises(RuntimeError, match=r"dvc pull: .*(?s:.*)missing"):
        worker.run(work, CELL, lambda line: None)


def test_weights_to_begin_from_are_elsewhere_in_no_cache(project, work):
    (project.root / "data/pretrained/own.safetensors").touch()
    before = (project.root / "params.yaml").read_text()
    project.change(lambda params: params["recipes"]["tuned"]["mlp"].update(init_from="own"))
    with chdir(project.root), pytest.raises(Refused, match=r"mlp\.init_from = 'own': a machine"):
        elsewhere.refuse_what_stays_here()
    (project.root / "params.yaml").write_text(before)
