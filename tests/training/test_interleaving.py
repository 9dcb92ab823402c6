"""Images convolved together give what each gives alone."""

import copy
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from archbench.networks import backend, classifier
from archbench.training import interleaving
from archbench.training.learner import Learner
from archbench.training.recipe import Recipe


def convolution(
    kernel: int = 3, padding: int | tuple[int, int] = 1, bias: bool = False, **options
) -> nn.Conv2d:
    torch.manual_seed(0)
    return nn.Conv2d(5, 7, kernel, padding=padding, bias=bias, **options).double()


def results(model: nn.Module, images: torch.Tensor) -> list[torch.Tensor]:
    """Output and all gradients, of a loss that tells every pixel from every other."""
    images = images.clone().requires_grad_()
    seen = model(images)
    weights = torch.randn(seen.shape, generator=torch.Generator().manual_seed(1)).double()
    (seen * weights).sum().backward()
    return [seen, images.grad, *(parameter.grad for parameter in model.parameters())]


@pytest.mark.parametrize("count", [12, 32, 33])
@pytest.mark.parametrize("size", [(4, 4), (3, 3), (8, 6), (5, 8), (9, 9)])
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"bias": True},
        {"kernel": 5, "padding": 2},
        {"kernel": 2},
        {"padding": 0},
        {"padding": (0, 2)},
        {"stride": 2},
        {"stride": (1, 3)},
    ],
)
def test_outputs_and_gradients_are_those_of_the_ordinary_convolution(count, size, how):
    ordinary = convolution(**how)
    together = copy.deepcopy(ordinary)
    interleaving.interleave_convolutions(together)
    assert type(together) is interleaving.InterleavedConv2d
    images = torch.randn(count, 5, *size, dtype=torch.float64)
    images = images.contiguous(memory_format=torch.channels_last)
    for one, other in zip(results(ordinary, images), results(together, images), strict=True):
        torch.testing.assert_close(one, other)


def test_only_narrow_images_of_a_batch_in_training_are_put_together(monkeypatch):
    together = convolution()
    interleaving.interleave_convolutions(together)
    calls = []
    whole = interleaving.interleave

    def note(*given):
        calls.append(given[1])
        return whole(*given)

    monkeypatch.setattr(interleaving, "interleave", note)
    for count, width in ((32, 8), (100, 4), (32, 9), (16, 8), (15, 4)):
        together(torch.rand(count, 5, 4, width, dtype=torch.float64))
    together.eval()(torch.rand(32, 5, 4, 8, dtype=torch.float64))
    assert calls == [16, 4]


@pytest.mark.parametrize("stride", [1, 2])
def test_outputs_and_gradients_are_channels_last(stride):
    last: dict[str, Any] = {"memory_format": torch.channels_last}
    model = convolution(stride=stride).float().to(**last)
    interleaving.interleave_convolutions(model)
    images = torch.rand(32, 5, 4, 4).contiguous(**last).requires_grad_()
    layouts = []
    images.register_hook(lambda gradient: layouts.append(gradient.is_contiguous(**last)))
    seen = model(images)
    seen.backward(torch.rand_like(seen))
    assert seen.is_contiguous(**last)
    assert layouts == [True]


@pytest.mark.parametrize(
    "how",
    [
        {"dilation": 2},
        {"kernel": 1, "padding": 0},
        {"padding": "same"},
        {"padding_mode": "reflect"},
    ],
)
def test_others_stay_as_they_are(how):
    model = nn.Sequential(convolution(**how), nn.Conv2d(4, 4, 3, groups=2), nn.Linear(2, 2))
    names = list(model.state_dict())
    interleaving.interleave_convolutions(model)
    assert [type(module) for module in model] == [nn.Conv2d, nn.Conv2d, nn.Linear]
    assert list(model.state_dict()) == names


@pytest.mark.parametrize("asked", [True, False])
def test_training_does_so_where_the_backend_says_so(asked):
    where = replace(backend.configure("fp32"), interleaves=asked)
    model = classifier.build("speednet", 10, (32, 32, 3), {})
    names = list(model.state_dict())
    Learner(model, Recipe(optimizer="momentum", lr=0.1, batch_size=32, epochs=1), 10, where)
    assert list(model.state_dict()) == names
    kinds = [type(part) for part in model.modules() if isinstance(part, nn.Conv2d)]
    assert kinds == [interleaving.InterleavedConv2d if asked else nn.Conv2d] * 7
