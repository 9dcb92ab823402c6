import numpy as np
import pytest
import torch

from archbench.explaining import control
from archbench.networks import classifier


def test_shuffling_keeps_every_tensors_numbers_and_the_original():
    model = classifier.build("mlp", 10, (8, 8, 3), {})
    before = {name: value.clone() for name, value in model.state_dict().items()}
    mixed = control.shuffled(model)
    for name, value in mixed.state_dict().items():
        assert torch.equal(value.flatten().sort().values, before[name].flatten().sort().values)
        assert torch.equal(model.state_dict()[name], before[name])
    name = "network.1.weight"
    assert not torch.equal(mixed.state_dict()[name], before[name])
    assert torch.equal(control.shuffled(model).state_dict()[name], mixed.state_dict()[name])


def test_agreement_is_the_mean_rank_correlation_and_flat_maps_have_none():
    rising = np.arange(16, dtype=np.uint8).reshape(4, 4)
    flat = np.zeros((4, 4), np.uint8)
    assert control.agreement(np.stack([rising] * 3), np.stack([rising * 3, rising, flat])) == 1
    opposite = control.agreement(np.stack([rising] * 2), np.stack([rising, rising[::-1, ::-1]]))
    assert opposite == pytest.approx(0)
    assert control.agreement(flat[None], rising[None]) is None
