"""Cells side by side are cells one after the other, also when workers and nodes are lost."""

import os
import re
import signal
import sys
from collections.abc import Iterator

import pytest
import workspace
from launched import LAUNCH, change, found, start, train_alone
from test_kill import has_ended, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

CELLS = [f"train@{name}-{seed}" for name in ("mlp", "se_resnet") for seed in (0, 1)]
SE_RESNET = CELLS[2:]


def test_a_cell_that_fails_is_told_last_and_the_others_are_those_of_dvc_alone(project):
    project.replace("src/archbench/models/mlp.py", "nn.ReLU()", "nn.ReLU(of='nothing')")
    workspace.commit(project, "mlp fails")
    failing = project.run(*LAUNCH, "--workers", "2", fails=True)
    assert failing.status == 1
    assert "0 of 4 cells are trained already" in failing.output
    assert "2 running" in failing.output
    *_, told = failing.output.split("failed with status ")
    assert "unexpected keyword argument 'of'" in told
    assert re.search(
        r"\n2 of 4 cells failed: train@mlp-\d, train@mlp-\d; the others are kept", told
    )
    assert not [stage for stage in failing.ran if stage.startswith("evaluate@")]

    project.replace("src/archbench/models/mlp.py", "nn.ReLU(of='nothing')", "nn.ReLU()")
    workspace.commit(project, "mlp as it was")
    rest = project.run(*LAUNCH, "--workers", "2")
    assert "2 of 4 cells are trained already" in rest.output
    assert rest.ran[-2:] == ["evaluate@mlp", "evaluate@se_resnet"]
    assert not [stage for stage in rest.ran if stage.startswith("train@")]
    parallel = found(project.root)
    assert len(parallel) == 4 * 3 + 2

    train_alone(project, *CELLS)
    project.run("dvc", "repro", "--force", "--single-item", "evaluate")
    assert found(project.root) == parallel

    again = project.run(*LAUNCH)  # dvc.lock and metrics are not as in the last commit
    assert "4 of 4 cells are trained already" in again.output
    assert again.ran == []
    assert not (project.root / ".dvc/tmp/cells").exists()
    assert not list((project.root / ".resume").iterdir())


def test_ctrl_c_and_kill_9_leave_nothing_running_and_the_same_command_goes_on(project, tmp_path):
    change(project, lr=0.032, epochs=30)
    with start(project, tmp_path / "interrupted", "--workers", "2") as launch:
        launch.pause(*SE_RESNET)
        family = launch.descendants()
        assert {launch.cell(cell) for cell in SE_RESNET} <= set(family)
        os.killpg(launch.process.pid, signal.SIGINT)
        assert launch.wait() == 130
        wait_for(lambda: all(map(has_ended, family)), 10)
        assert launch.output.splitlines()[-1].startswith("interrupted: nothing runs any more")
        assert "Traceback" not in launch.output
        assert not (project.root / ".dvc/tmp/cells").exists()

    with start(project, tmp_path / "killed", "--workers", "2") as launch:
        wait_for(lambda: launch.output.count("going on after epoch") == 2)
        cells = [launch.cell(cell) for cell in SE_RESNET]
        family = [*cells, *(one for cell in cells for one in cell.children(recursive=True))]
        launch.process.kill()
        wait_for(lambda: all(map(has_ended, family)), 10)


@pytest.fixture
def cluster() -> Iterator:
    """Ray on two machines of one core each, which are this one."""
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    made.nodes = [made.add_node(num_cpus=1) for _ in range(2)]
    yield made
    made.shutdown()


def test_what_is_lost_with_a_worker_or_a_node_goes_on_from_its_last_epoch(
    project, cluster, tmp_path
):
    change(project, lr=0.037, epochs=20)
    first, second = SE_RESNET
    with start(project, tmp_path / "log", "--address", cluster.address) as launch:
        launch.pause(*SE_RESNET)
        cell = launch.cell(first)
        family = [cell, *cell.children(recursive=True)]
        launch.worker(first).kill()
        wait_for(lambda: all(map(has_ended, family)), 5)
        wait_for(lambda: f"{first}  going on after epoch" in launch.output)
        raylet = launch.worker(second).ppid()
        (lost,) = (node for node in cluster.nodes if raylet_of(node) == raylet)
        cluster.remove_node(lost, allow_graceful=False)
        assert launch.wait() == 0, launch.output
    went_on = re.findall(r"(\S+)  going on after epoch (\d+)", launch.output)
    assert [cell for cell, _ in went_on] == [first, second]
    assert all(int(epoch) >= 2 for _, epoch in went_on)
    assert "Raylet is terminated" not in launch.output, "twenty lines of log"
    resumed = found(project.root)
    train_alone(project, *SE_RESNET)
    assert found(project.root) == resumed


def raylet_of(node) -> int:
    return node.all_processes["raylet"][0].process.pid


def test_the_body_of_the_slurm_script_is_one_cell_that_dvc_finds(project, tmp_path):
    change(project, "mlp", lr=0.0012)
    project.run("dvc", "repro", "split", "pretrained")
    list_cells = (sys.executable, "-m", "archbench.cluster.cells")
    listed = project.run(*list_cells).output
    assert set(CELLS[:2]) <= set(listed.splitlines())
    (tmp_path / "cells.txt").write_text(listed)
    script = str(project.root / "src/archbench/cluster/slurm.sh")
    task = listed.splitlines().index(CELLS[1])
    slurm = {"SLURM_CPUS_PER_TASK": "1", "SLURM_ARRAY_TASK_ID": str(task)}
    mine = workspace.Workspace(project.root, project.environment | slurm)
    assert mine.run("bash", script, str(tmp_path / "cells.txt")).ran == [CELLS[1]]
    left = [cell for cell in listed.splitlines() if cell != CELLS[1]]
    assert project.run(*list_cells).output.splitlines() == left
