"""What stems, skips and depth are, in the architectures that are about them."""

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from archbench.networks import classifier
from archbench.networks.blocks import BasicBlock, PaddedSkip
from archbench.networks.vision import timm

PLAIN_AND_RESIDUAL = [
    (("plain_cnn", {"depth": 20}), ("residual_cnn", {"depth": 20})),
    (("residual_mlp", {"skips": False}), ("residual_mlp", {"skips": True})),
]


def build(architecture: str, channels: int = 3, **options) -> Any:
    """Without the normalisation, always from the same seed; nn.Module does not know its layers."""
    torch.manual_seed(0)
    return classifier.build(architecture, 10, (32, 32, channels), options).network


def parameters(network: nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())


@pytest.mark.parametrize(("plain", "residual"), PLAIN_AND_RESIDUAL, ids=["cnn", "mlp"])
def test_skips_have_no_parameters_and_leave_the_first_weights_alone(plain, residual):
    plain, residual = (build(name, **options).eval() for name, options in (plain, residual))
    without, with_skips = plain.state_dict(), residual.state_dict()
    assert without.keys() == with_skips.keys()
    assert all(torch.equal(without[name], with_skips[name]) for name in without)
    images = torch.rand(2, 3, 32, 32)
    assert not torch.allclose(plain(images), residual(images), atol=0.1)


@pytest.mark.parametrize("architecture", ["plain_cnn", "residual_cnn"])
@pytest.mark.parametrize(
    ("depth", "count"), [(8, 75_290), (20, 269_722), (56, 853_018), (110, 1_727_962)]
)
def test_he_s_networks_for_cifar(architecture, depth, count):
    """Table 6 of He et al. 2016 has 0.27 M for 20 layers, 0.85 M for 56, 1.7 M for 110."""
    network = build(architecture, depth=depth)
    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == depth
    assert parameters(network) == count


@pytest.mark.parametrize("depth", [1, 8, 32])
def test_the_mlp_has_that_many_layers_between_its_first_and_its_last(depth):
    network = build("residual_mlp", depth=depth, width=16)
    assert sum(isinstance(module, nn.Linear) for module in network.modules()) == depth + 2
    first, layer, norm, last = 16 * 3072 + 16, 16 * 16 + 16 + 2 * 16, 2 * 16, 10 * 16 + 10
    assert parameters(network) == first + depth * layer + norm + last


def test_a_padded_skip_is_every_other_pixel_and_zeros():
    x = torch.rand(2, 4, 7, 8).contiguous(memory_format=torch.channels_last)
    y = PaddedSkip(new_channels=4, stride=2)(x)
    assert torch.equal(y[:, :4], x[:, :, ::2, ::2])
    assert (y[:, 4:] == 0).all()
    assert y.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(("skip", "expected"), [("padded", 1.0), ("none", 0.0)])
def test_a_block_whose_convolutions_say_nothing_is_its_skip(skip, expected):
    block: Any = BasicBlock(
        4, 4, 1, skip=skip, norm="batch", squeeze_excitation=False, drop_path=0.0
    )
    nn.init.zeros_(block.norm2.weight)
    x = torch.rand(2, 4, 8, 8)
    assert torch.equal(block(x), expected * x)


def test_a_deep_plain_mlp_begins_by_forgetting_which_image_it_saw():
    """Cosine between what two random images have become before the head: 1 is indistinguishable."""

    def likeness(**options) -> float:
        one, other = build("residual_mlp", **options)[:-3](torch.randn(2, 3, 32, 32))
        return F.cosine_similarity(one, other, dim=0).item()

    assert likeness(depth=32, skips=False) > 0.95
    assert likeness(depth=2, skips=False) < 0.7
    assert likeness(depth=32, skips=True) < 0.7


@pytest.mark.parametrize(
    ("stem", "sizes", "count"),
    [("imagenet", [8, 4, 2, 1], 21_289_802), ("small", [32, 16, 8, 4], 21_282_122)],
)
def test_resnet34_by_stem(stem, sizes, count):
    """The stems differ by 64 filters of 3 channels: 7 × 7 against 3 × 3."""
    network = build("resnet34", stem=stem)
    assert parameters(network) == count
    x = network.maxpool(network.act1(network.bn1(network.conv1(torch.rand(2, 3, 32, 32)))))
    stages = [network.layer1, network.layer2, network.layer3, network.layer4]
    for stage, channels, size in zip(stages, [64, 128, 256, 512], sizes, strict=True):
        x = stage(x)
        assert x.shape == (2, channels, size, size)
    assert [len(stage) for stage in stages] == [3, 4, 6, 3]


def test_resnet34_begins_as_its_skips():
    """timm sets each block's last scale to zero, so a block without projection is the identity."""
    x = torch.rand(2, 64, 8, 8)
    assert torch.equal(build("resnet34").layer1(x), x)


def test_timm_s_weights_fit_resnet34_by_name():
    theirs = timm.create_model("resnet34", num_classes=10)
    build("resnet34").load_state_dict(theirs.state_dict())


@pytest.mark.parametrize("architecture", ["resnet34", "convnext"])
def test_drop_path_rises_linearly_to_the_last_block(architecture):
    network = build(architecture, drop_path=0.15)
    rates = [m.drop_prob for m in network.modules() if isinstance(m, timm.layers.DropPath)]
    assert rates == sorted(rates)
    assert rates[-1] == pytest.approx(0.15)
    steps = [b - a for a, b in pairwise(rates)]
    assert steps == pytest.approx([steps[0]] * len(steps))


def test_convnext_s_stages_see_2x2_patches_and_halve_them():
    network = build("convnext")
    x = network.stem(torch.rand(1, 3, 32, 32))
    sizes = [(x := stage(x)).shape[1:] for stage in network.stages]
    assert sizes == [(40, 16, 16), (80, 8, 8), (160, 4, 4), (320, 2, 2)]


def test_convnext_s_parameters_by_hand():
    widths, depths = [40, 80, 160, 320], [2, 2, 6, 2]
    stem = 40 * 3 * 2 * 2 + 40 + 2 * 40
    blocks = sum(
        n * (49 * w + w + 2 * w + (4 * w * w + 4 * w) + (4 * w * w + w) + w)
        for w, n in zip(widths, depths, strict=True)
    )
    halvings = sum(2 * a + (2 * 2 * a * b + b) for a, b in pairwise(widths))
    assert parameters(build("convnext")) == stem + blocks + halvings + 2 * 320 + 10 * 320 + 10
