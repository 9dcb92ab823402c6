from itertools import pairwise

import pytest
import torch

from archbench.networks.classifier import to_float
from archbench.training import augmentation
from archbench.training.augmentation import augment, draw
from archbench.training.recipe import Augmentation

HEAVY = Augmentation(crop=4, flip=0.5, rotation=15, perspective=0.5, jitter=0.2, hue=0.1, erase=0.3)
FILL = torch.full((1, 3, 1, 1), 0.25)
SIZE = (32, 32)


def batch(count: int = 64, channels: int = 3) -> torch.Tensor:
    random = torch.Generator().manual_seed(0)
    return torch.randint(256, (count, *SIZE, channels), generator=random, dtype=torch.uint8)


def test_batch_boundaries_change_nothing():
    images, draws = batch(), draw(64, SIZE, HEAVY, 0, 1)
    whole = augment(images, draws, HEAVY, FILL)
    parts = [
        augment(images[index], draws[index], HEAVY, FILL)
        for index in torch.arange(64).split([1, 20, 43])
    ]
    assert torch.equal(torch.cat(parts), whole)


def test_one_step_does_not_shift_the_draws_of_another():
    with_crop = draw(64, SIZE, HEAVY, 0, 1)
    without = draw(64, SIZE, HEAVY.model_copy(update={"crop": 0}), 0, 1)
    assert torch.equal(with_crop.rectangle, without.rectangle)
    assert torch.equal(with_crop.homography, without.homography)


def test_the_draws_follow_seed_and_epoch():
    first, again, *others = (draw(64, SIZE, HEAVY, *of) for of in ((1, 1), (1, 1), (1, 2), (2, 1)))
    assert torch.equal(first.factors, again.factors)
    assert not any(torch.equal(first.factors, other.factors) for other in others)


def test_an_alternating_flip_shows_each_image_both_ways_in_any_two_epochs():
    how = Augmentation(flip="alternating")
    epochs = [draw(1000, SIZE, how, 5, epoch).flip for epoch in range(4)]
    assert epochs[0].float().mean() == pytest.approx(0.5, abs=0.05)
    assert all(torch.equal(one, ~two) for one, two in pairwise(epochs))
    assert not torch.equal(epochs[0], draw(1000, SIZE, how, 6, 0).flip)


def test_no_augmentation_leaves_the_images():
    images, draws = batch(), draw(64, SIZE, Augmentation(), 0, 1)
    assert torch.equal(augment(images, draws, Augmentation(), FILL), to_float(images))


def test_images_do_not_share_draws():
    same = batch(1).expand(64, -1, -1, -1)
    done = augment(same, draw(64, SIZE, HEAVY, 0, 1), HEAVY, FILL)
    assert len({image.numpy().tobytes() for image in done}) == 64


@pytest.mark.parametrize("channels", [1, 3])
def test_values_stay_in_range_and_shape(channels):
    draws = draw(64, SIZE, HEAVY, 0, 1)
    done = augment(batch(channels=channels), draws, HEAVY, FILL[:, :channels])
    assert done.is_contiguous(memory_format=torch.channels_last)
    assert done.shape == (64, channels, *SIZE)
    assert done.min() >= 0
    assert done.max() <= 1


def test_as_many_are_changed_as_asked():
    draws = draw(4000, SIZE, HEAVY, 3, 0)
    straight = torch.linalg.det(draws.homography).sub(1).abs() < 1e-4
    assert draws.flip.float().mean() == pytest.approx(0.5, abs=0.03)
    assert (draws.rectangle[:, 2] > 0).float().mean() == pytest.approx(0.3, abs=0.03)
    assert straight.float().mean() == pytest.approx(0.5, abs=0.03)


def test_every_offset_and_the_whole_range_of_factors_occur():
    draws = draw(4000, SIZE, HEAVY, 3, 0)
    assert draws.offset.unique().tolist() == list(range(9))
    assert draws.factors.amin(0) == pytest.approx([0.8] * 3, abs=1e-2)
    assert draws.factors.amax(0) == pytest.approx([1.2] * 3, abs=1e-2)
    assert draws.hue_shift.abs().max() == pytest.approx(0.1, abs=1e-3)


def test_a_flip_is_drawn_anew_each_epoch():
    first, second = (draw(1000, SIZE, Augmentation(flip=0.5), 5, epoch).flip for epoch in (0, 1))
    assert (first == second).float().mean() == pytest.approx(0.5, abs=0.05)


def test_angles_are_uniform_on_both_sides():
    turned = draw(4000, SIZE, Augmentation(rotation=15), 3, 0).homography
    angles = torch.rad2deg(torch.atan2(turned[:, 1, 0], turned[:, 0, 0]))
    assert [angles.min(), angles.max()] == pytest.approx([-15, 15], abs=0.1)
    assert angles.mean() == pytest.approx(0, abs=0.5)


def test_every_corner_moves_inwards_by_up_to_a_quarter_of_the_side():
    height, width = size = (16, 40)
    inverse = draw(4000, size, Augmentation(perspective=1.0), 3, 0).homography.inverse()
    x, y = torch.tensor([0, width - 1, width - 1, 0]), torch.tensor([0, 0, height - 1, height - 1])
    corners = torch.stack([x - width / 2, y - height / 2, torch.ones(4)])
    moved = inverse @ corners
    shift = moved[:, :2] / moved[:, 2:] - corners[:2]
    inwards = shift * -corners[:2].sign() / torch.tensor([[width], [height]])
    for ends, end in ((inwards.amin(0), 0.0), (inwards.amax(0), 0.25)):
        torch.testing.assert_close(ends, torch.full((2, 4), end), atol=2e-3, rtol=0)
    assert inwards.mean((0, 2)).tolist() == pytest.approx([0.125] * 2, abs=5e-3)


@pytest.mark.parametrize("size", [(8, 60), (60, 8)])
def test_rectangles_of_a_long_image_reach_its_edges_and_not_beyond(size):
    rectangles = draw(8000, size, Augmentation(erase=1.0), 4, 0).rectangle
    place, extent = rectangles.split(2, 1)
    long = size.index(60)
    assert (place + extent).amax(0).tolist() == list(size)
    assert place.amin(0).tolist() == [0, 0]
    assert extent[:, 1 - long].max() == 8
    low, high = (share * 480 for share in augmentation.ERASE_AREA)
    area = extent.prod(1)
    assert area.min() >= low - 4
    assert area.max() <= high + 30


def test_rectangles_lie_inside_and_have_the_asked_area():
    draws = draw(4000, SIZE, Augmentation(erase=1.0), 4, 0)
    top, left, height, width = draws.rectangle.unbind(1)
    assert top.min() == left.min() == 0
    assert (top + height).max() == (left + width).max() == 32
    share = (height * width) / 1024
    low, high = augmentation.ERASE_AREA
    assert low - 0.01 < share.min() < low + 0.01
    assert share.max() < high + 0.02
    assert share.mean() == pytest.approx((low + high) / 2, abs=0.01)


def test_erasing_leaves_the_fill_and_the_rest():
    draws = draw(64, SIZE, Augmentation(erase=1.0), 0, 1)
    done = augment(batch(), draws, Augmentation(erase=1.0), FILL)
    for before, after, (top, left, height, width) in zip(
        to_float(batch()), done, draws.rectangle.tolist(), strict=True
    ):
        expected = before.clone()
        expected[:, top : top + height, left : left + width] = 0.25
        assert torch.equal(after, expected)
