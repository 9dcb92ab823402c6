"""Two processes, started by torchrun, do what one does; the names are processes.NETWORKS'."""

import subprocess
import sys
from pathlib import Path

import processes
import pytest
import torch
from torch import nn

from archbench.training.batch_norm import synchronise_norms
from archbench.training.world import ALONE, World

SCRIPT = Path(processes.__file__)
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")


def train(directory: Path, *torchrun: str) -> list[dict]:
    """What each process saved."""
    directory.mkdir()
    files = [str(SCRIPT), str(directory / "found")]
    command = [sys.executable, *torchrun, *files, *processes.NETWORKS]
    subprocess.run(command, check=True, cwd=SCRIPT.parents[2])
    return [torch.load(file) for file in sorted(directory.glob("found.*"))]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    (found,) = train(tmp_path_factory.mktemp("one") / "run")
    return found


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    return train(tmp_path_factory.mktemp("two") / "run", *TORCHRUN)


def difference(one: dict, other: dict) -> float:
    assert one.keys() == other.keys()
    return max((one[key].double() - other[key].double()).abs().max().item() for key in one)


@pytest.mark.parametrize("name", processes.NETWORKS)
def test_after_40_updates_their_weights_are_one_process_s(alone, together, name):
    assert difference(alone[name]["last"], together[0][name]["last"]) < 1e-4


@pytest.mark.parametrize("name", processes.NETWORKS)
def test_so_are_their_losses_and_accuracies(alone, together, name):
    for expected, found in zip(alone[name]["curve"], together[0][name]["curve"], strict=True):
        for key in ("train_loss", "validation_loss"):
            assert found[key] == pytest.approx(expected[key], abs=1e-4)
        for key in ("train_accuracy", "validation_accuracy"):
            assert found[key] == pytest.approx(expected[key])


@pytest.mark.parametrize("name", processes.NETWORKS)
def test_every_process_holds_the_same_weights(together, name):
    first, second = (found[name]["own"] for found in together)
    assert difference(first, second) == 0


def test_each_has_its_own_dropout_and_the_first_has_that_of_one_process(alone, together):
    first, second = (found["no norm"]["noise"] for found in together)
    assert first == alone["no norm"]["noise"] != second


@pytest.mark.parametrize("count", [6, 15, 128])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_shares_are_disjoint_and_whole_and_hold_each_image_s_partner(count, size):
    shares = [World(rank=rank, size=size).share(count) for rank in range(size)]
    assert torch.stack(shares).sum(0).tolist() == [1] * count
    assert all(torch.equal(share, share.flip(0)) for share in shares)


def test_the_processes_mean_of_weighted_losses_is_the_batch_s():
    losses = torch.rand(15, generator=torch.Generator().manual_seed(0))
    worlds = [World(rank=rank, size=2) for rank in range(2)]
    shares = [losses[world.share(15)] for world in worlds]
    weighted = [s.mean() * w.weight(len(s), 15) for s, w in zip(shares, worlds, strict=True)]
    assert sum(weighted) / 2 == pytest.approx(losses.mean().item())


def test_one_process_needs_no_communication():
    values = torch.tensor([1.0, 2.0])
    assert ALONE.sum(values) is values
    assert ALONE.join(lambda rows: values[rows], 2).tolist() == [1.0, 2.0]
    model = nn.Linear(1, 1)
    assert ALONE.parallel(model) is model


def test_in_evaluation_a_synchronised_norm_is_torch_s():
    model = nn.Sequential(nn.BatchNorm2d(3), nn.Flatten(), nn.BatchNorm1d(12)).eval()
    images = torch.rand(2, 3, 2, 2)
    expected = model(images)
    synchronise_norms(model, torch.device("cpu"))
    assert type(model[0]) is type(model[2]) is not nn.BatchNorm2d
    assert torch.equal(model(images), expected)
