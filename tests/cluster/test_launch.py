"""Cells side by side are cells one after the other, also when workers and nodes are lost."""

import os
import re
import signal

import pytest
import workspace
from launched import LAUNCH, alone, change, start, wait_for_epoch, weights
from test_kill import has_ended, wait_for

pytestmark = pytest.mark.slow

CELLS = [f"train@{name}-{seed}" for name in ("mlp", "se_resnet") for seed in (0, 1)]
SE_RESNET = CELLS[2]


@pytest.fixture(scope="module", autouse=True)
def first(project) -> workspace.Done:
    """Two cells at a time, on a machine that has nothing yet."""
    return project.run(*LAUNCH, "--workers", "2")


def test_two_at_a_time_end_in_the_bits_of_one_after_the_other(project, first):
    assert "0 of 4 cells are trained already" in first.output
    assert "2 running" in first.output
    assert not [stage for stage in first.ran if stage.startswith("train@")]
    assert "report" in first.ran
    parallel = weights(project.root)
    assert len(parallel) == 8
    assert alone(project, *CELLS) == parallel
    project.run("dvc", "repro")


def test_afterwards_there_is_nothing_to_do(project):
    assert project.run("dvc", "repro").ran == []
    again = project.run(*LAUNCH)  # dvc.lock and metrics are not as in the last commit
    assert "4 of 4 cells are trained already" in again.output
    assert again.ran == []
    assert not (project.root / ".dvc/tmp/cells").exists()
    assert not list((project.root / ".resume").iterdir())


def test_a_killed_worker_s_cell_goes_on_from_its_last_epoch_and_no_other_runs_again(
    project, tmp_path
):
    change(project, lr=0.031, epochs=6, images=2000)
    launch = start(project, tmp_path / "log", "--workers", "2")
    wait_for_epoch(project, SE_RESNET, 2)
    cell = launch.cell(SE_RESNET)
    family = [cell, *cell.children(recursive=True)]
    launch.worker(SE_RESNET).kill()
    wait_for(lambda: all(map(has_ended, family)), 5)
    assert launch.wait() == 0, launch.output
    went_on = re.findall(r"(\S+)  going on after epoch (\d)", launch.output)
    assert [name for name, _ in went_on] == [SE_RESNET]
    assert int(went_on[0][1]) >= 2
    assert epochs_of(launch.output, CELLS[3]) == [1, 2, 3, 4, 5, 6]
    resumed = weights(project.root)
    assert alone(project, *CELLS[2:]) == resumed


def test_ctrl_c_leaves_nothing_running_and_the_next_launch_goes_on(project, tmp_path):
    change(project, lr=0.032, epochs=6, images=2000)
    launch = start(project, tmp_path / "log", "--workers", "2")
    wait_for_epoch(project, SE_RESNET, 2)
    family = launch.descendants()
    assert len([one for one in family if "train.py" in " ".join(one.cmdline())]) == 2
    os.killpg(launch.process.pid, signal.SIGINT)
    assert launch.wait() == 130
    wait_for(lambda: all(map(has_ended, family)), 10)
    assert launch.output.splitlines()[-1].startswith("interrupted: nothing runs any more")
    assert "Traceback" not in launch.output
    assert not (project.root / ".dvc/tmp/cells").exists()
    assert f"{SE_RESNET}  going on after epoch" in project.run(*LAUNCH).output


def test_a_launch_that_is_told_to_end_leaves_nothing_running(project, tmp_path):
    change(project, lr=0.033, epochs=6, images=2000)
    launch = start(project, tmp_path / "log", "--workers", "2")
    wait_for_epoch(project, SE_RESNET, 1)
    family = launch.descendants()
    assert launch.cell(SE_RESNET) in family
    launch.process.terminate()
    assert launch.wait() != 0
    wait_for(lambda: all(map(has_ended, family)), 20)


def test_a_cell_that_fails_is_told_last_and_the_others_are_kept(project):
    before = project.run("git", "rev-parse", "HEAD").output.strip()
    project.replace("src/archbench/models/mlp.py", "nn.ReLU()", "nn.ReLU(of='nothing')")
    change(project, lr=0.035)
    done = project.run(*LAUNCH, fails=True)
    assert done.status == 1
    *_, told = done.output.split("failed with status ")
    assert "unexpected keyword argument 'of'" in told
    assert re.search(
        r"\n2 of 4 cells failed: train@mlp-\d, train@mlp-\d; the others are kept", told
    )
    assert not [stage for stage in done.ran if stage.startswith("evaluate@")]
    project.run("git", "checkout", "--quiet", before, "--", "src")
    workspace.commit(project, "mlp as it was")
    assert "4 of 4 cells are trained already" in project.run(*LAUNCH).output


def test_the_body_of_the_slurm_script_is_one_cell_that_dvc_finds(project, tmp_path):
    change(project, lr=0.036)
    project.run("dvc", "repro", "split", "pretrained")
    listed = project.run("python", "-m", "archbench.cluster.cells").output
    assert listed.splitlines() == CELLS[2:]
    (tmp_path / "cells.txt").write_text(listed)
    script = str(project.root / "src/archbench/cluster/slurm.sh")
    project.environment |= {"SLURM_CPUS_PER_TASK": "1"}
    for task in ("0", "1"):
        project.environment |= {"SLURM_ARRAY_TASK_ID": task}
        done = project.run("bash", script, str(tmp_path / "cells.txt"))
        assert done.ran == [CELLS[2 + int(task)]]
    ran = project.run("dvc", "repro").ran
    assert "evaluate@se_resnet" in ran
    assert not [stage for stage in ran if stage.startswith("train@")]


def test_a_node_that_is_lost_gives_its_cell_to_another(project, tmp_path):
    from ray.cluster_utils import Cluster

    change(project, lr=0.037, epochs=8, images=2000)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    try:
        nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
        launch = start(project, tmp_path / "log", "--address", cluster.address)
        wait_for_epoch(project, SE_RESNET, 2)
        raylet = launch.worker(SE_RESNET).ppid()
        (lost,) = (node for node in nodes if raylet_of(node) == raylet)
        cluster.remove_node(lost, allow_graceful=False)
        assert launch.wait() == 0, launch.output
    finally:
        cluster.shutdown()
    went_on = re.findall(r"(\S+)  going on after epoch", launch.output)
    assert went_on == [SE_RESNET]
    resumed = weights(project.root)
    assert alone(project, *CELLS[2:]) == resumed


def raylet_of(node) -> int:
    return node.all_processes["raylet"][0].process.pid


def epochs_of(output: str, cell: str) -> list[int]:
    return [int(number) for number in re.findall(rf"{cell}  epoch (\d+)/", output)]
