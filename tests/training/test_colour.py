"""Against torchvision's functional transforms, for the same draw."""

import pytest
import torch
from torchvision.transforms.v2 import functional as reference

from archbench.training import colour

CASES = [
    (colour.brightness, reference.adjust_brightness, [0.0, 0.6, 1.0, 1.3, 2.0]),
    (colour.contrast, reference.adjust_contrast, [0.0, 0.6, 1.0, 1.3, 2.0]),
    (colour.saturation, reference.adjust_saturation, [0.0, 0.6, 1.0, 1.3, 2.0]),
    (colour.hue, reference.adjust_hue, [-0.5, -0.1, 0.0, 0.1, 0.37]),
]


def images(channels: int) -> torch.Tensor:
    batch = torch.rand(5, channels, 16, 16, generator=torch.Generator().manual_seed(0))
    batch[:, :, 0] = 0.4  # grey pixels have no hue
    batch[:, :, 1] = 0.0
    return batch


@pytest.mark.parametrize(
    ("ours", "theirs", "draws"), CASES, ids=lambda case: getattr(case, "__name__", "")
)
@pytest.mark.parametrize("channels", [3, 1])
def test_each_image_its_own_draw(ours, theirs, draws, channels):
    batch = images(channels)
    expected = [theirs(image, draw) for image, draw in zip(batch, draws, strict=True)]
    done = ours(batch, torch.tensor(draws))
    torch.testing.assert_close(done, torch.stack(expected), atol=1e-5, rtol=0)


@pytest.mark.parametrize("of_colours", [colour.saturation, colour.hue])
def test_a_grey_image_stays_bit_for_bit(of_colours):
    grey = images(channels=1)
    assert of_colours(grey, torch.full((5,), 0.3)) is grey
