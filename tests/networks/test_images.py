import time

import numpy as np
import pytest
import torch

from archbench.networks import backend, classifier
from archbench.networks.images import Streamed, fetch, hold, part

ARRAY = np.random.default_rng(0).integers(0, 256, (60, 16, 16, 3), np.uint8)
ROWS = np.arange(1, 60, 2)


@pytest.fixture
def where():
    return backend.configure("fp32")


@pytest.fixture
def both(where, tmp_path):
    """The same images on the device and streamed from a memory-mapped file."""
    np.save(tmp_path / "images.npy", ARRAY)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    return [hold(mapped, ROWS, where, resident=resident) for resident in (True, False)]


def test_what_does_not_fit_stays_in_the_file(both):
    resident, streamed = both
    assert isinstance(resident, torch.Tensor)
    assert isinstance(streamed, Streamed)
    assert isinstance(streamed.array, np.memmap)
    assert streamed.shape == tuple(resident.shape) == (30, 16, 16, 3)
    assert len(streamed) == 30


@pytest.mark.parametrize("index", [slice(None), slice(3, 20, 4), torch.tensor([5, 0, 5, 29])])
def test_both_have_the_same_bytes(both, index):
    resident, streamed = both
    assert torch.equal(streamed[index], resident[index])
    assert torch.equal(resident, torch.from_numpy(ARRAY[ROWS]))


def test_batches_come_in_order(both):
    index = torch.randperm(30, generator=torch.Generator().manual_seed(0)).view(5, 6)
    for images in both:
        assert torch.equal(torch.stack(list(fetch(images, index))), both[0][index])


def test_the_next_batch_is_read_while_the_caller_works(where):
    taken: list[int] = []

    class Recorded(np.ndarray):
        def __getitem__(self, rows):
            taken.append(len(rows))
            return np.asarray(super().__getitem__(rows))

    images = Streamed(array=ARRAY.view(Recorded), rows=ROWS, backend=where)
    batches = fetch(images, torch.arange(30).view(5, 6))
    next(batches)
    deadline = time.monotonic() + 60
    while len(taken) < 2:
        assert time.monotonic() < deadline, "it was not read ahead"
        time.sleep(0.01)
    time.sleep(0.1)
    assert len(taken) == 2
    assert len(list(batches)) == 4


def test_a_part_of_streamed_images_reads_nothing(both):
    resident, streamed = both
    some = part(streamed, slice(10, 20))
    assert isinstance(some, Streamed)
    assert torch.equal(some[:], part(resident, slice(10, 20))[:])


def test_predictions_and_normalisation_are_the_same_bits(both, where, monkeypatch):
    monkeypatch.setattr(classifier, "CHUNK", 7)
    models = [classifier.build("speednet", 4, (16, 16, 3), {}) for _ in both]
    models[1].load_state_dict(models[0].state_dict())
    for model, images in zip(models, both, strict=True):
        model.measure(images)
    pixels = both[0].double() / 255
    torch.testing.assert_close(models[0].mean.flatten(), pixels.mean((0, 1, 2)).float())
    first, second = (model.state_dict() for model in models)
    assert all(torch.equal(first[name], second[name]) for name in first)
    logits = [classifier.predict(models[0], images, where, batch=7) for images in both]
    assert torch.equal(*logits)


def test_a_network_is_prepared_with_fewer_images_if_they_are_large(monkeypatch, where):
    seen: list[int] = []
    model = classifier.build("speednet", 4, (16, 16, 3), {})
    monkeypatch.setattr(model.network, "prepare", lambda images: seen.append(len(images)))
    images = torch.from_numpy(ARRAY)
    model.measure(images)
    monkeypatch.setattr(classifier, "PREPARATION_PIXELS", 20 * 16 * 16)
    model.measure(images)
    assert seen == [60, 20]


def test_a_cpu_holds_half_a_gibibyte(where):
    if where.device.type == "cpu":
        assert where.holds(backend.RESIDENT_BYTES)
        assert not where.holds(backend.RESIDENT_BYTES + 1)
