import subprocess
import sys
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from archbench import check
from archbench.networks import classifier
from archbench.networks.blocks import ResNet, projection
from archbench.networks.classifier import Classifier

PARAMETERS = {
    "speednet": 498_104,
    "mlp": 402_250,
    "se_resnet": 2_820_650,
    "stochastic_depth_resnet": 2_797_610,
    "resnet18": 11_173_962,
    "resnet34": 21_289_802,
    "plain_cnn": 269_722,
    "residual_cnn": 269_722,
    "residual_mlp": 529_034,
    "convnext": 3_376_290,
    "vit": 5_362_762,
}
SHAPES = [(32, 32, 3), (28, 28, 1), (20, 24, 3)]


def build(architecture: str, shape=(32, 32, 3), **options) -> Classifier:
    return classifier.build(architecture, 10, shape, options)


def test_params_yaml_can_name_them_all():
    assert set(PARAMETERS) <= set(check.find_builders(check.MODELS))


@pytest.mark.parametrize("architecture", PARAMETERS)
def test_parameters(architecture):
    model = build(architecture)
    assert sum(weight.numel() for weight in model.parameters()) == PARAMETERS[architecture]


def test_mlp_on_mnist_is_784_128_64_10():
    layers = [m for m in build("mlp", (28, 28, 1)).modules() if isinstance(m, nn.Linear)]
    assert [(m.in_features, m.out_features) for m in layers] == [(784, 128), (128, 64), (64, 10)]


@pytest.mark.parametrize("architecture", PARAMETERS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_logits_for_every_image_shape(architecture, shape):
    height, width, channels = shape
    logits = build(architecture, shape)(torch.rand(2, channels, height, width))
    assert logits.shape == (2, 10)
    assert logits.isfinite().all()


@pytest.mark.parametrize("architecture", PARAMETERS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_one_image_at_a_time_in_bf16(architecture, shape):
    height, width, channels = shape
    images = torch.rand(2, channels, height, width).contiguous(memory_format=torch.channels_last)
    model = build(architecture, shape).eval()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        alone, together = model(images[:1]), model(images)
    torch.testing.assert_close(alone, together[:1], atol=0.05, rtol=0.05)


SPEEDNET_S_FIXED = {
    "network.whitening.weight",
    *(f"network.groups.{group}.norm{norm}.weight" for group in range(3) for norm in (1, 2)),
}


@pytest.mark.parametrize("architecture", PARAMETERS)
def test_every_weight_learns(architecture):
    """In the second update: what stands before a norm that starts at zero has to wait for it."""
    torch.manual_seed(0)
    model = build(architecture)
    trained = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    fixed = {name for name, _ in model.named_parameters()} - trained.keys()
    assert fixed == (SPEEDNET_S_FIXED if architecture == "speednet" else set())
    optimiser = torch.optim.SGD(trained.values(), lr=0.1)
    images = torch.rand(8, 3, 32, 32)
    for _ in range(2):
        optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            loss = nn.functional.cross_entropy(model(images), torch.arange(8))
        loss.backward()
        optimiser.step()
    for name, weight in trained.items():
        assert weight.grad is not None, name
        assert weight.grad.isfinite().all(), name
        assert weight.grad.any(), name


def test_speednet_s_first_convolution_whitens_the_patches_of_training_images():
    model = build("speednet")
    smooth = torch.rand(64, 8, 8, 3, generator=torch.Generator().manual_seed(0))
    images = nn.functional.interpolate(smooth.permute(0, 3, 1, 2), size=32, mode="bilinear")
    images = (images * 255).to(torch.uint8).permute(0, 2, 3, 1)
    model.measure(images)
    network: Any = model.network
    whitening = network.whitening
    seen = (
        whitening(model.normalise(classifier.to_float(images)))[:, :12].transpose(0, 1).flatten(1)
    )
    seen = seen.detach()
    covariance = seen @ seen.T / seen.shape[1]
    assert (covariance - covariance.diag().diag()).abs().max() < 1e-3
    assert covariance.diag()[-6:] == pytest.approx(torch.ones(6), abs=0.05)  # its larger axes
    assert torch.equal(whitening.weight[:12], -whitening.weight[12:])
    assert not whitening.weight.requires_grad


def test_resnet18_keeps_the_resolution_in_its_stem_and_first_stage():
    network: Any = build("resnet18").network
    x = network.stem(torch.rand(1, 3, 32, 32))
    assert x.shape == (1, 64, 32, 32)
    assert network.blocks(x).shape == (1, 512, 4, 4)


def test_group_norm_replaces_every_batch_norm():
    kinds = {type(module) for module in build("resnet18", norm="group").modules()}
    assert nn.GroupNorm in kinds
    assert nn.BatchNorm2d not in kinds


def test_convolutions_are_kaiming_normal_and_norms_the_identity():
    for module in build("resnet18").modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.out_channels * module.kernel_size[0] ** 2
            assert module.weight.std().item() == pytest.approx((2 / fan_out) ** 0.5, rel=0.1)
        if isinstance(module, nn.BatchNorm2d):
            assert (module.weight == 1).all()
            assert (module.bias == 0).all()


@pytest.mark.parametrize("channels", [4, 16])
def test_a_projection_is_a_1x1_convolution_of_every_second_pixel(channels):
    layers = nn.Sequential(*projection(channels, 8, stride=2))
    images = torch.rand(2, channels, 7, 7)
    expected = F.conv2d(images, next(layers.parameters()), stride=2)
    torch.testing.assert_close(layers(images), expected)


def test_large_images_of_few_channels_have_a_gradient():
    """In a process of its own, which oneDNN would end: see `projection`."""
    script = """
import torch
from archbench.networks.blocks import projection
layers = torch.nn.Sequential(*projection(4, 8, stride=2)).to(memory_format=torch.channels_last)
for _ in range(8):
    images = torch.rand(64, 4, 160, 160).contiguous(memory_format=torch.channels_last)
    layers(images.requires_grad_()).sum().backward()
"""
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_stochastic_depth_rises_linearly():
    network: Any = build("stochastic_depth_resnet", drop_path=0.2).network
    rates = [block.drop_path.drop_prob for block in network.blocks]
    assert rates == pytest.approx([0.025 * n for n in range(1, 9)])


def test_whole_residual_blocks_are_dropped_in_training_only():
    network = ResNet(10, 3, widths=[4], blocks_per_stage=1, drop_path=0.5).train()
    block = network.blocks[0]
    x = torch.rand(200, 4, 8, 8)
    untouched = (block(x) == x).flatten(1).all(1)
    assert 60 < untouched.sum() < 140
    block.eval()
    assert not (block(x) == x).flatten(1).all(1).any()


def test_squeeze_excitation_gates_whole_channels():
    network: Any = build("se_resnet").network
    gate = network.blocks[0].gate
    x = torch.rand(2, 32, 8, 8)
    ratio = gate(x) / x
    torch.testing.assert_close(ratio, ratio[:, :, :1, :1].expand_as(ratio))
    assert (ratio > 0).all()
    assert (ratio < 1).all()


def test_prediction_does_not_depend_on_the_batch_size_nor_change_the_mode():
    from archbench.networks import backend

    model = build("se_resnet", widths=[4, 8]).train()
    images = torch.randint(256, (20, 32, 32, 3), dtype=torch.uint8)
    where = backend.configure("fp32")
    whole = classifier.predict(model, images, where)
    parts = classifier.predict(model, images, where, batch=7)
    torch.testing.assert_close(whole, parts, atol=1e-5, rtol=1e-5)
    assert model.training


@pytest.mark.parametrize(
    ("height", "width", "images"),
    [(8, 8, 500), (32, 32, 500), (28, 28, 500), (64, 64, 128), (160, 160, 20), (2000, 2000, 1)],
)
def test_of_larger_images_fewer_are_predicted_at_once(height, width, images):
    from archbench.networks import backend

    assert classifier.at_once(height, width) == images
    seen = []

    class Counting(torch.nn.Module):
        def forward(self, batch):
            seen.append(len(batch))
            return batch.new_zeros(len(batch), 2)

    few = torch.zeros(images + 1, height, width, 1, dtype=torch.uint8)
    classifier.predict(Counting(), few, backend.configure("fp32"))
    assert seen == [images, 1]


def test_a_flipped_prediction_is_the_same_for_the_mirror_image():
    from archbench.networks import backend

    model, where = build("se_resnet", widths=[4, 8]).eval(), backend.configure("fp32")
    images = torch.randint(256, (20, 32, 32, 3), dtype=torch.uint8)
    one, other = (
        classifier.predict(model, shown, where, flip=True) for shown in (images, images.flip(2))
    )
    torch.testing.assert_close(one, other)
    plain, mirrored = (
        classifier.predict(model, shown, where) for shown in (images, images.flip(2))
    )
    torch.testing.assert_close(one, (plain + mirrored) / 2)
