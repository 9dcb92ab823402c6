"""Against torchvision's functional transforms, for the same draw."""

import pytest
import torch
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as reference

from archbench.training import transforms

SIZES = [(3, 32, 32), (1, 28, 28), (3, 20, 32)]


def images(shape: tuple[int, int, int], count: int = 6) -> torch.Tensor:
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(0))


def pixels(shape: tuple[int, int, int]) -> tuple[torch.Tensor, torch.Tensor]:
    """The same bytes as (N, H, W, C), which we take, and as (N, C, H, W), torchvision's."""
    batch = (images(shape) * 255).to(torch.uint8)
    return batch.permute(0, 2, 3, 1).contiguous(), batch


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize(("mode", "theirs"), [("zero", "constant"), ("reflect", "reflect")])
def test_crop(shape, mode, theirs):
    batch_nhwc, batch = pixels(shape)
    top, left = torch.tensor([0, 8, 4, 1, 3, 7]), torch.tensor([8, 0, 4, 5, 2, 6])
    padded = reference.pad(batch, [4] * 4, padding_mode=theirs)
    expected = [
        reference.crop(image, int(y), int(x), *shape[1:])
        for image, y, x in zip(padded, top, left, strict=True)
    ]
    done = transforms.crop(batch_nhwc, top, left, 4, mode).permute(0, 3, 1, 2)
    assert torch.equal(done, torch.stack(expected))


@pytest.mark.parametrize("shape", SIZES)
def test_flip_only_where_asked(shape):
    batch_nhwc, batch = pixels(shape)
    flipped = torch.tensor([True, False, True, True, False, False])
    done = transforms.flip(batch_nhwc, flipped).permute(0, 3, 1, 2)
    assert torch.equal(done[flipped], reference.horizontal_flip(batch[flipped]))
    assert torch.equal(done[~flipped], batch[~flipped])


@pytest.mark.parametrize("shape", SIZES)
def test_rotation(shape):
    batch, degrees = images(shape), torch.tensor([-15.0, 15.0, 0.0, 90.0, 7.3, -120.0])
    expected = [
        reference.rotate(image, float(angle), InterpolationMode.BILINEAR)
        for image, angle in zip(batch, degrees, strict=True)
    ]
    # torchvision counts angles counter-clockwise
    done = transforms.warp(batch, transforms.rotation(degrees))
    torch.testing.assert_close(done, torch.stack(expected), atol=2e-4, rtol=0)


@pytest.mark.parametrize("shape", SIZES)
def test_perspective(shape):
    batch = images(shape)
    height, width = shape[1:]
    start = torch.tensor([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]])
    shift = torch.rand(6, 4, 2, generator=torch.Generator().manual_seed(1)) * 7
    inward = torch.tensor([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    corners = start + inward * shift.round()
    expected = [
        reference.perspective(
            image, start.tolist(), ends.tolist(), interpolation=InterpolationMode.BILINEAR
        )
        for image, ends in zip(batch, corners, strict=True)
    ]
    done = transforms.warp(batch, transforms.perspective(corners, height, width))
    torch.testing.assert_close(done, torch.stack(expected), atol=2e-3, rtol=0)


@pytest.mark.parametrize("shape", SIZES)
def test_shrink(shape):
    sides = [side * 3 // 4 for side in shape[1:]]
    expected = reference.resize(images(shape), sides, antialias=True)
    done = transforms.shrink(images(shape), 0.75)
    torch.testing.assert_close(done, expected)
    assert done.is_contiguous(memory_format=torch.channels_last)


def test_unmoved_corners_change_nothing():
    batch = images((3, 32, 32))
    corners = torch.tensor([[0.0, 0], [31, 0], [31, 31], [0, 31]]).expand(6, 4, 2)
    done = transforms.warp(batch, transforms.perspective(corners, 32, 32))
    torch.testing.assert_close(done, batch, atol=1e-4, rtol=0)


def test_a_rectangle_is_blanked_in_images_of_any_shape():
    images, fill = torch.zeros(2, 1, 3, 5), torch.full((1, 1, 1, 1), 0.5)
    erased = transforms.erase(images, torch.tensor([[1, 3, 2, 1], [0, 0, 1, 2]]), fill)
    expected = torch.zeros(2, 3, 5)
    expected[0, 1:3, 3:4] = expected[1, 0:1, 0:2] = 0.5
    assert torch.equal(erased[:, 0], expected)


CASES = [
    (transforms.brightness, reference.adjust_brightness, [0.0, 0.6, 1.0, 1.3, 2.0]),
    (transforms.contrast, reference.adjust_contrast, [0.0, 0.6, 1.0, 1.3, 2.0]),
    (transforms.saturation, reference.adjust_saturation, [0.0, 0.6, 1.0, 1.3, 2.0]),
    (transforms.hue, reference.adjust_hue, [-0.5, -0.1, 0.0, 0.1, 0.37]),
]


def colour_images(channels: int) -> torch.Tensor:
    batch = torch.rand(5, channels, 16, 16, generator=torch.Generator().manual_seed(0))
    batch[:, :, 0] = 0.4  # grey pixels have no hue
    batch[:, :, 1] = 0.0
    return batch


@pytest.mark.parametrize(
    ("ours", "theirs", "draws"), CASES, ids=lambda case: getattr(case, "__name__", "")
)
@pytest.mark.parametrize("channels", [3, 1])
def test_colour(ours, theirs, draws, channels):
    batch = colour_images(channels)
    expected = [theirs(image, draw) for image, draw in zip(batch, draws, strict=True)]
    done = ours(batch, torch.tensor(draws))
    torch.testing.assert_close(done, torch.stack(expected), atol=1e-5, rtol=0)


@pytest.mark.parametrize("transform", [transforms.saturation, transforms.hue])
def test_a_grey_image_stays_bit_for_bit(transform):
    grey = colour_images(channels=1)
    assert transform(grey, torch.full((5,), 0.3)) is grey
