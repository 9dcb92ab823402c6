"""On tiles of two photographs, and each corruption against a computation of another kind."""

from functools import cache
from io import BytesIO

import numpy as np
import pytest
from allocated import at_most
from PIL import Image, ImageChops, ImageEnhance
from scipy.fft import dctn, idctn
from scipy.signal import periodogram
from scipy.stats import norm
from sklearn.datasets import load_sample_image

from archbench.evaluation import corruptions
from archbench.evaluation.corruptions import CORRUPTIONS, SEVERITIES, corrupt

SETTINGS = corruptions.settings(channels=3)
LUMINANCE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
"""JPEG's quantisation at quality 50 (ITU-T T.81, table K.1)."""


@cache
def photographs(mode: str) -> np.ndarray:
    """(2, 107, 160, channels), at a quarter of their size."""
    names = ("china.jpg", "flower.jpg")
    small = [Image.fromarray(load_sample_image(name)).reduce(4).convert(mode) for name in names]
    return np.stack([np.asarray(image) for image in small]).reshape(2, 107, 160, -1)


def tiles(height: int = 32, width: int = 32, channels: int = 3, count: int = 60) -> np.ndarray:
    """Spread evenly over both photographs."""
    tops = np.linspace(0, 107 - height, count // 2).astype(int)
    lefts = np.resize(np.linspace(0, 160 - width, 7).astype(int), count // 2)
    both = photographs("RGB" if channels == 3 else "L")
    corners = zip(tops, lefts, strict=True)
    found = [both[:, top : top + height, left : left + width] for top, left in corners]
    return np.concatenate(found)


CHUNK = 200
"""Images that a test has changed at a time."""


def damage(images: np.ndarray, spoiled: np.ndarray) -> np.ndarray:
    """Mean squared error of each image."""
    return ((spoiled.astype(float) - images) ** 2).mean((1, 2, 3))


def grey_canvas(level: int, count: int = 40, size: int = 64) -> np.ndarray:
    return np.full((count, size, size, 1), level, np.uint8)


@pytest.mark.parametrize("shape", [(32, 32, 3), (20, 36, 3), (45, 27, 1), (28, 28, 1), (8, 8, 3)])
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_any_size_and_any_channels(name, shape):
    height, width, channels = shape
    images = tiles(height, width, channels, count=4)
    before = images.copy()
    for severity in SEVERITIES:
        spoiled = corrupt(name, severity, images, 0)
        assert (spoiled.shape, spoiled.dtype) == (images.shape, np.dtype("uint8"))
        assert (images == before).all()
        untouched = name == "saturation" and shape[-1] == 1
        assert (damage(images, spoiled) == 0).all() == untouched


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_damage_grows_with_severity(name):
    images = tiles()
    damages = [damage(images, corrupt(name, severity, images, 0)) for severity in SEVERITIES]
    assert 0 < damages[0].mean() < damages[1].mean() < damages[2].mean()
    if name not in ("JPEG", "pixelation"):  # whose errors may cancel in a single image
        assert (np.diff(damages, axis=0) >= 0).all()


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_no_image_goes_blank(name):
    images = tiles()
    levels = images.std((1, 2)).mean(1)
    some = levels > 20  # the sky is blank as it is
    kept = corrupt(name, 5, images, 0).std((1, 2)).mean(1) / levels
    assert some.sum() >= 30
    assert kept[some].min() > 0.1


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_seed_decides_all_and_only_the_draws(name):
    images = tiles()
    first, again, other = (corrupt(name, 3, images, seed) for seed in (0, 0, 1))
    assert (first == again).all()
    assert (first == other).all() == (name not in ("noise", "fog"))


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_an_image_does_not_depend_on_those_behind_it(name, monkeypatch):
    monkeypatch.setattr(corruptions, "CHUNK_PIXELS", CHUNK * 8 * 8)
    images = np.resize(tiles(8, 8), (CHUNK + 30, 8, 8, 3))
    for fewer in (1, 30, CHUNK + 1):
        assert (corrupt(name, 5, images, 0)[:fewer] == corrupt(name, 5, images[:fewer], 0)).all()


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_size_of_a_chunk_changes_nothing(name, monkeypatch):
    images = tiles()
    whole = corrupt(name, 3, images, 0)
    for pixels in (7 * 32 * 32, 1):
        monkeypatch.setattr(corruptions, "CHUNK_PIXELS", pixels)
        assert (corrupt(name, 3, images, 0) == whole).all()


@pytest.mark.parametrize("name", ["noise", "fog"])
def test_each_image_has_its_own_draw(name, monkeypatch):
    """Across the border of a chunk too."""
    monkeypatch.setattr(corruptions, "CHUNK_PIXELS", CHUNK * 16 * 16)
    spoiled = corrupt(name, 5, grey_canvas(128, CHUNK + 20, 16), 0).reshape(CHUNK + 20, -1)
    likeness = np.corrcoef(spoiled) - np.eye(CHUNK + 20)
    assert abs(likeness.mean()) < 0.01
    assert np.abs(likeness).max() < 0.95


@pytest.mark.parametrize("name", ["noise", "fog"])
def test_the_same_draw_at_each_severity(name):
    canvas = grey_canvas(128)
    mild, severe = (corrupt(name, severity, canvas, 0).astype(float) - 128 for severity in (1, 5))
    ratio = {"noise": 0.1 / 0.02, "fog": 0.6 / 0.2}[name]
    inside = np.abs(severe) < 127  # not cut off at black or white
    assert np.abs(severe - ratio * mild)[inside].max() <= 0.5 + ratio / 2


def test_noise_is_gaussian_and_independent():
    drawn = corrupt("noise", 5, np.full((40, 64, 64, 3), 128, np.uint8), 0).astype(float) - 128
    sigma = 25.5
    assert drawn.mean() == pytest.approx(0, abs=0.15)
    assert drawn.std() == pytest.approx(sigma, rel=0.005)
    edges = np.arange(-120, 121) + 0.5
    shares = np.searchsorted(np.sort(drawn, axis=None), edges) / drawn.size
    assert shares == pytest.approx(norm.cdf(edges / sigma), abs=0.003)
    for axis in (1, 2, 3):  # neighbours down, across and in colour
        neighbours = np.corrcoef(np.roll(drawn, 1, axis).ravel(), drawn.ravel())[0, 1]
        assert neighbours == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("name", ["noise", "fog"])
def test_white_and_black_are_the_last_levels(name):
    """Beyond them a level would wrap round: the whitest pixels would turn black."""
    white, black = (corrupt(name, 1, grey_canvas(level), 0) for level in (255, 0))
    assert white.min() > 128
    assert black.max() < 128


def test_noise_is_the_draw_of_the_seed_and_the_name_times_its_share_of_white():
    canvas = grey_canvas(100, count=3, size=8)
    draw = np.random.default_rng([4, *b"noise"]).standard_normal(canvas.shape, np.float32)
    found = corrupt("noise", 5, canvas, 4)
    assert (found == np.rint(100 + np.float32(25.5) * draw)).all()


@pytest.mark.parametrize(("size", "sigma"), [(24, 1.1), (32, 1.1), (64, 2.2)])
def test_blur_spreads_a_point_as_a_gaussian(size, sigma):
    point = np.zeros((1, size, size, 3), np.uint8)
    point[0, size // 2, size // 2] = 255
    bell = np.exp(-((np.arange(size) - size // 2) ** 2) / (2 * sigma**2))
    expected = 255 * np.outer(bell, bell) / bell.sum() ** 2
    spread = corrupt("blur", 5, point, 0)
    assert np.abs(spread[0] - expected[..., None]).max() <= 0.51


@pytest.mark.parametrize("size", [(32, 64), (64, 32)])
def test_blur_is_in_pixels_of_the_shorter_side(size):
    point = np.zeros((1, 64, 64, 3), np.uint8)
    point[0, 16, 16] = 255
    square, cut = (point[:, :height, :width] for height, width in ((32, 32), size))
    expected, found = (corrupt("blur", 5, one, 0)[0, 10:23, 10:23] for one in (square, cut))
    assert expected.max() < 60
    assert (found == expected).all()


def test_blur_loses_no_light_at_the_edges():
    images = tiles(20, 36)
    spoiled = corrupt("blur", 5, images, 0)
    assert spoiled.mean((1, 2)) == pytest.approx(images.mean((1, 2)), abs=0.2)


def test_fog_is_fractal():
    """A surface whose amplitudes fall as f⁻² has a power of f⁻³ along a line."""
    clouds = corrupt("fog", 5, grey_canvas(0), 0)[..., 0].astype(float)
    frequency, power = periodogram(clouds, axis=-1)
    octaves = slice(1, 17)
    slope, _ = np.polyfit(np.log(frequency[octaves]), np.log(power.mean((0, 1))[octaves]), 1)
    assert slope == pytest.approx(-3, abs=0.15)


@pytest.mark.parametrize(("level", "darkest", "brightest"), [(0, 0, 153), (255, 102, 255)])
def test_fog_is_six_tenths_of_the_light(level, darkest, brightest):
    foggy = corrupt("fog", 5, grey_canvas(level), 0)
    assert (foggy.min((1, 2, 3)) == darkest).all()
    assert (foggy.max((1, 2, 3)) == brightest).all()


def test_contrast_of_grey_images_is_pillows():
    images = tiles(channels=1)
    expected = [
        np.asarray(ImageEnhance.Contrast(Image.fromarray(image[..., 0])).enhance(0.5))
        for image in images
    ]
    spoiled = corrupt("contrast", 3, images, 0)[..., 0]
    assert np.abs(spoiled - np.stack(expected).astype(float)).max() <= 1


def test_contrast_keeps_the_mean_of_each_channel():
    images = tiles(20, 36)
    spoiled = corrupt("contrast", 5, images, 0)
    assert spoiled.mean((1, 2)) == pytest.approx(images.mean((1, 2)), abs=0.3)
    assert spoiled.std((1, 2)) == pytest.approx(0.2 * images.std((1, 2)), abs=0.3)


def test_brightness_is_pillows_sum():
    images = tiles()
    images[0, 0, :2] = [[0, 0, 0], [255, 178, 179]]
    light = Image.new("RGB", (32, 32), (76, 76, 76))
    expected = [np.asarray(ImageChops.add(Image.fromarray(image), light)) for image in images]
    assert (corrupt("brightness", 5, images, 0) == np.stack(expected)).all()


@pytest.mark.parametrize(("severity", "left"), [(1, 0.6), (3, 0.3), (5, 0)])
def test_saturation_is_pillows(severity, left):
    images = tiles()
    expected = [
        np.asarray(ImageEnhance.Color(Image.fromarray(image)).enhance(left)) for image in images
    ]
    spoiled = corrupt("saturation", severity, images, 0)
    assert np.abs(spoiled - np.stack(expected).astype(float)).max() <= 1


def test_jpeg_rounds_the_cosine_transform():
    """Quality 20 rounds 2.5 times as coarsely as quality 50."""
    images = tiles(16, 24, channels=1)
    steps = np.floor(2.5 * LUMINANCE + 0.5)[:, None, :]
    blocks = images.reshape(-1, 2, 8, 3, 8).astype(float) - 128
    waves = np.rint(dctn(blocks, axes=(2, 4), norm="ortho") / steps) * steps
    expected = (idctn(waves, axes=(2, 4), norm="ortho") + 128).clip(0, 255)
    errors = np.abs(corrupt("JPEG", 5, images, 0).reshape(blocks.shape) - expected).max((2, 4))
    assert (errors < 0.6).mean() > 0.95  # blocks; in the others a tie is rounded the other way


@pytest.mark.parametrize(("severity", "quality"), [(1, 80), (3, 50), (5, 20)])
def test_jpeg_is_pillow_s_at_this_quality(severity, quality):
    for image, found in zip(tiles(), corrupt("JPEG", severity, tiles(), 0), strict=True):
        file = BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=quality)
        assert (np.asarray(Image.open(file)) == found).all()


def test_pixelation_averages_blocks():
    images = tiles(20, 36)
    means = images.reshape(-1, 10, 2, 18, 2, 3).mean((2, 4))
    expected = means.repeat(2, axis=1).repeat(2, axis=2)
    assert np.abs(corrupt("pixelation", 5, images, 0) - expected).max() <= 1


@pytest.mark.parametrize(("severity", "blocks"), [(1, (18, 32)), (3, (14, 25)), (5, (10, 18))])
def test_pixelation_has_so_many_blocks(severity, blocks):
    ramp = np.add.outer(5 * np.arange(20), 4 * np.arange(36)).astype(np.uint8)[None, ..., None]
    spoiled = corrupt("pixelation", severity, ramp, 0)[0, ..., 0]
    assert tuple(np.unique(spoiled, axis=axis).shape[axis] for axis in (0, 1)) == blocks


def test_grey_images_have_no_saturation_to_lose():
    assert len(SETTINGS) == 24
    assert corruptions.settings(channels=2) == SETTINGS
    grey = corruptions.settings(channels=1)
    assert len(grey) == 21
    assert not [name for name, _ in grey if name == "saturation"]


def test_the_images_are_in_memory_once_more_and_a_few_as_floats(monkeypatch):
    images = np.zeros((400, 32, 32, 3), np.uint8)
    monkeypatch.setattr(corruptions, "CHUNK_PIXELS", 5 * 32 * 32)
    with at_most(int(images.nbytes * 1.3)):
        corrupt("contrast", 1, images, seed=0)


def test_the_chosen_images_have_each_class_at_its_share():
    labels = np.repeat(np.arange(5, dtype=np.uint8), [1000, 301, 50, 7, 1])
    np.random.default_rng(1).shuffle(labels)
    for count in (1, 10, 333, 1358):
        picked = corruptions.chosen(labels, count, seed=0)
        assert len(np.unique(picked)) == count
        assert (np.diff(picked) > 0).all()
        shares = np.bincount(labels) * count / len(labels)
        assert (np.abs(np.bincount(labels[picked], minlength=5) - shares) < 1).all()


def test_all_images_are_chosen_where_there_are_no_more():
    labels = np.array([2, 0, 0, 1], np.uint8)
    for count in (4, 2000):
        assert corruptions.chosen(labels, count, seed=0).tolist() == [0, 1, 2, 3]


def test_the_chosen_images_stay_the_same():
    """Else accuracies of two revisions would be of different images."""
    assert corruptions.chosen(np.arange(100) % 3, 5, seed=0).tolist() == CHOSEN


CHOSEN = [1, 15, 23, 38, 54]


def test_every_image_is_as_likely_to_be_chosen():
    labels = np.arange(30) % 3
    drawn = [corruptions.chosen(labels, 10, seed) for seed in range(900)]
    times = np.bincount(np.concatenate(drawn), minlength=30)
    assert times == pytest.approx(np.full(30, 300), abs=5 * np.sqrt(900 * 2 / 9))
    assert (corruptions.chosen(labels, 10, 0) == drawn[0]).all()


def test_the_table_by_hand():
    labels = np.array([0, 1, 2, 1], np.uint8)
    corrupted = {
        ("fog", 5): np.array([1, 2, 0, 0]),
        ("noise", 1): np.array([0, 1, 2, 0]),
        ("fog", 1): np.array([0, 1, 0, 0]),
    }
    found = corruptions.table(labels, labels.astype(np.int64), corrupted, seed=7)
    assert list(found.columns) == ["corruption", "severity", "accuracy", "seed"]
    assert found.to_numpy().tolist() == [
        ["noise", 0, 1.0, 7],
        ["noise", 1, 0.75, 7],
        ["fog", 0, 1.0, 7],
        ["fog", 1, 0.5, 7],
        ["fog", 5, 0.0, 7],
    ]


def test_the_table_has_every_setting_and_a_clean_row_for_each_corruption():
    labels = np.arange(4)
    found = corruptions.table(labels, labels, dict.fromkeys(SETTINGS, labels[::-1]), seed=0)
    assert len(found) == 32
    assert (found["accuracy"] == (found["severity"] == 0)).all()
    assert found["corruption"].unique().tolist() == list(CORRUPTIONS)


def test_the_shares_by_hand():
    corrupted = {("fog", 1): np.array([0, 1, 0]), ("fog", 5): np.array([0, 2, 2])}
    found = corruptions.shares(np.array([4, 7, 9]), np.array([0, 1, 1], np.uint8), corrupted, 3)
    assert list(found.columns) == ["seed", "index", "share"]
    assert found.to_numpy().tolist() == [[3, 4, 1.0], [3, 7, 0.5], [3, 9, 0.0]]


def test_the_mean_of_the_shares_is_that_of_the_accuracies_without_the_clean_ones():
    random = np.random.default_rng(0)
    labels, clean = random.integers(3, size=(2, 2000), dtype=np.uint8)
    corrupted = {setting: random.integers(3, size=2000) for setting in SETTINGS}
    accuracies = corruptions.table(labels, clean, corrupted, seed=0)
    spoiled = accuracies[accuracies["severity"] > 0]["accuracy"]
    shares = corruptions.shares(np.arange(2000), labels, corrupted, seed=0)["share"]
    assert shares.mean() == pytest.approx(spoiled.mean(), abs=1e-14)
    assert len(np.unique(shares)) > 10


def test_without_settings_no_image_has_a_share():
    found = corruptions.shares(np.arange(4), np.zeros(4, np.uint8), {}, seed=0)
    assert list(found.columns) == ["seed", "index", "share"]
    assert len(found) == 0
