"""Features and map are found in every architecture, and are what its logits follow from."""

from typing import Any

import pytest
import torch
from torch import nn

from archbench.explaining import layers
from archbench.networks import classifier
from archbench.networks.classifier import Classifier

SMALL: dict[str, dict[str, Any]] = {
    "speednet": {"widths": [8, 8, 8]},
    "se_resnet": {"widths": [4, 4, 4, 8]},
    "resnet18": {"widths": [4, 4, 4, 8], "norm": "group"},
    "plain_cnn": {"depth": 8},
    "residual_cnn": {"depth": 8},
    "convnext": {},
    "mlp": {},
    "residual_mlp": {"depth": 2},
    "vit": {"depth": 1, "width": 12},
}
SIDES = {"speednet": 7, "se_resnet": 4, "resnet18": 4, "plain_cnn": 8, "residual_cnn": 8}
WITHOUT = ("mlp", "residual_mlp", "vit")


def built(architecture: str) -> Classifier:
    torch.manual_seed(0)
    return classifier.build(architecture, 10, (32, 32, 3), SMALL[architecture]).eval()


@pytest.mark.parametrize("architecture", SMALL)
def test_the_last_layer_makes_the_logits_of_the_features(architecture):
    model = built(architecture)
    found = layers.find(model, (3, 32, 32))
    with torch.inference_mode(), layers.tapped(model, found) as tap:
        logits = model(torch.rand(2, 3, 32, 32))
        again = model.get_submodule(found.head)(tap.features)
    network: Any = model.network
    scale = network.logit_scale if architecture == "speednet" else 1
    torch.testing.assert_close(again * scale, logits)


@pytest.mark.parametrize("architecture", SMALL)
def test_the_map_is_the_last_of_four_by_four_cells_or_none(architecture):
    model = built(architecture)
    found = layers.find(model, (3, 32, 32))
    assert (found.map is None) == (architecture in WITHOUT)
    with layers.tapped(model, found) as tap:
        model(torch.rand(2, 3, 32, 32))
    if found.map is not None:
        side = SIDES.get(architecture, 4)
        assert tap.map is not None
        assert tap.map.shape[2:] == (side, side)


def test_a_tapped_network_answers_as_before_and_afterwards_is_untouched():
    model, images = built("se_resnet"), torch.rand(2, 3, 32, 32)
    before = model(images)
    with layers.tapped(model, layers.find(model, (3, 32, 32))) as tap:
        tapped = model(images)
    assert tap.map is not None
    assert tap.map.requires_grad
    torch.testing.assert_close(tapped, before, rtol=0, atol=0)
    assert not any(module._forward_hooks for module in model.modules())


def test_a_convolution_as_the_last_layer_gives_its_input_s_means():
    model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.Conv2d(5, 2, 1), nn.AdaptiveAvgPool2d(1))
    images = torch.rand(1, 3, 8, 8)
    with torch.inference_mode(), layers.tapped(model, layers.find(model, (3, 8, 8))) as tap:
        model(images)
        torch.testing.assert_close(tap.features, model[0](images).mean((2, 3)))
