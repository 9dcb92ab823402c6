import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import example_records
import numpy as np
import pandas as pd
import pytest
from allocated import at_most
from PIL import Image, ImageEnhance
from scipy.ndimage import affine_transform, gaussian_filter, map_coordinates
from sklearn.datasets import load_digits

from archbench.base import files
from archbench.duplicates import registration
from archbench.duplicates import search as duplicates
from archbench.duplicates.search import SAME, find

ROOT = Path(__file__).parents[2]
PHOTOGRAPHS = 400


def photographs(count: int, seed: int, height: int = 32, width: int = 32) -> np.ndarray:
    """Colours and texture at several scales: as unlike one another as photographs are."""
    generator = np.random.default_rng(seed)
    images = np.zeros((count, height, width, 3))
    for scale in (0.7, 2, 6):
        noise = generator.normal(size=images.shape)
        smooth = gaussian_filter(noise, (0, scale, scale, 0))
        images += smooth / smooth.std()
    return (128 + 35 * images).clip(0, 255).astype(np.uint8)


def same(image: np.ndarray) -> np.ndarray:
    return image


def cropped(image: np.ndarray) -> np.ndarray:
    return drawn(image, lambda picture: picture.crop((0, 3, 29, 32)).resize((32, 32)))


def shifted(image: np.ndarray) -> np.ndarray:
    return np.roll(image, (2, -2), (0, 1))


def stretched(image: np.ndarray) -> np.ndarray:
    return drawn(image, lambda picture: picture.resize((36, 32)).crop((2, 0, 34, 32)))


def brighter(image: np.ndarray) -> np.ndarray:
    return drawn(image, lambda picture: ImageEnhance.Brightness(picture).enhance(1.4))


def paler(image: np.ndarray) -> np.ndarray:
    return drawn(image, lambda picture: ImageEnhance.Color(picture).enhance(0.6))


def compressed(image: np.ndarray) -> np.ndarray:
    file = BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=90)
    return np.asarray(Image.open(file))


def drawn(image: np.ndarray, change: Callable[[Image.Image], Image.Image]) -> np.ndarray:
    return np.asarray(change(Image.fromarray(image)))


ALTERATIONS = (same, cropped, shifted, stretched, brighter, paler, compressed)


def labels(images: np.ndarray) -> np.ndarray:
    return (np.arange(len(images)) % 3).astype(np.uint8)


def found(train: np.ndarray, test: np.ndarray, mirrorable: bool = True) -> pd.DataFrame:
    return find(train, labels(train), test, labels(test), mirrorable)


@pytest.fixture(scope="module")
def train() -> np.ndarray:
    return photographs(PHOTOGRAPHS, seed=0)


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_a_copy_is_found_and_nothing_else_is(
    train: np.ndarray, alter: Callable[[np.ndarray], np.ndarray]
) -> None:
    copies = np.stack([alter(image) for image in train[100:120]])
    table = found(train, np.concatenate([copies, photographs(40, seed=1)]))
    assert table["duplicate"].tolist() == [True] * 20 + [False] * 40
    assert table["neighbour"][:20].tolist() == list(range(100, 120))
    assert not table["mirrored"][:20].any()


def test_mirror_images_are_found_where_they_keep_their_class(train: np.ndarray) -> None:
    mirrored = train[:20, :, ::-1]
    table = found(train, mirrored)
    assert table["duplicate"].all()
    assert table["mirrored"].all()
    assert table["neighbour"].tolist() == list(range(20))
    table = found(train, mirrored, mirrorable=False)
    assert not table["duplicate"].any()
    assert not table["mirrored"].any()


def test_one_row_per_test_image_that_says_why(train: np.ndarray) -> None:
    test = np.concatenate([photographs(5, seed=1), train[[7, 8]]])
    table = find(train, labels(train), test, np.full(7, 2), mirrorable=True)
    assert table["index"].tolist() == list(range(7))
    assert table["same_label"].tolist() == (labels(train)[table["neighbour"]] == 2).tolist()
    assert table["duplicate"].tolist() == [False] * 5 + [True] * 2
    assert (table["ordinary"].isna() == (table["pixels"] < SAME)).all()
    assert (table["pixels"][5:] > 0.999).all()
    assert (table["features"][5:] > 0.999).all()


def test_colour_tells_the_copy_from_a_nearer_descriptor(train: np.ndarray) -> None:
    """The descriptor sees luma alone, which the opposite colours do not change."""
    image = (train[0] // 2 + 64).astype(float)
    luma = image @ [0.299, 0.587, 0.114]
    opposite = (2 * luma[..., None] - image).round().clip(0, 255).astype(np.uint8)
    test = image.astype(np.uint8)
    table = found(np.stack([*train, opposite, compressed(test)]), test[None])
    assert table["neighbour"].tolist() == [len(train) + 1]
    assert table["duplicate"].all()
    assert not found(np.stack([*train[1:], opposite]), test[None])["duplicate"].any()


def test_the_order_of_the_training_images_does_not_matter(train: np.ndarray) -> None:
    test = np.concatenate([train[:5], photographs(5, seed=1)])
    order = np.random.default_rng(0).permutation(len(train))
    table = find(train, labels(train), test, labels(test), mirrorable=True)
    again = find(train[order], labels(train)[order], test, labels(test), mirrorable=True)
    again["neighbour"] = order[again["neighbour"]]
    pd.testing.assert_frame_equal(table, again, atol=2e-4)


def test_many_copies_of_one_photograph_are_duplicates_all_the_same() -> None:
    train = photographs(3000, seed=2)
    train[:6] = train[0]
    assert found(train, train[:1])["duplicate"].all()


def test_digits_that_are_all_alike_are_no_duplicates() -> None:
    """Real ones: a good part correlates as copies do, but with all of its neighbours."""
    digits = load_digits().images[..., None]
    images = (digits * (255 / 16)).astype(np.uint8)
    table = found(images[300:], images[:300], mirrorable=False)
    assert (table["pixels"] >= SAME).mean() > 0.2
    assert table["duplicate"].sum() <= 3


@pytest.mark.parametrize("shape", [(28, 28, 1), (8, 8, 3), (32, 48, 3), (64, 64, 3)])
def test_images_of_any_size(shape: tuple[int, int, int]) -> None:
    train = photographs(100, 3, *shape[:2])[..., : shape[2]]
    test = np.concatenate([train[:5], photographs(5, 4, *shape[:2])[..., : shape[2]]])
    table = found(train, test)
    assert table["duplicate"].tolist() == [True] * 5 + [False] * 5


def test_images_are_read_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an image stay 128 numbers of its edges: of 128 × 128 pixels they are a hundredth."""
    images = np.tile(photographs(20, 6, 128, 128), (6, 1, 1, 1))
    monkeypatch.setattr(duplicates, "BLOCK", 5)
    with at_most(images.nbytes // 2):
        assert found(images[20:], images[:20])["pixels"].ge(0.99).all()


@pytest.mark.parametrize("count", [2, 3, 6])
def test_a_few_training_images(count: int) -> None:
    train = photographs(count, seed=5)
    table = found(train, train[:2])
    assert table["neighbour"].tolist() == [0, 1]
    assert table["duplicate"].all() == (count > duplicates.CANDIDATES)  # no ordinary neighbours


def test_a_blank_image_is_like_nothing(train: np.ndarray) -> None:
    blank = np.full((3, 32, 32, 3), 255, np.uint8)
    assert not found(np.concatenate([train, blank]), blank)["duplicate"].any()


def test_ranks() -> None:
    candidates = list(range(5))
    assert duplicates.ranks_of_interest(50_000).tolist() == [*candidates, 100, 150, 200, 300, 400]
    assert duplicates.ranks_of_interest(1000).tolist() == [*candidates, 10, 11, 12, 13, 14]
    assert duplicates.ranks_of_interest(12).tolist() == [*candidates, 10, 11]
    assert duplicates.ranks_of_interest(3).tolist() == [0, 1, 2]


def test_an_edge_falls_into_the_bin_of_its_direction() -> None:
    """Dark above, bright below: all gradients point down. Bins begin with those to the left."""
    images = np.zeros((1, 32, 32, 1), np.uint8)
    images[:, 16:] = 100
    for turns, expected in enumerate((6, 4, 2, 0)):  # counterclockwise
        turned = duplicates.describe(np.rot90(images, turns, (1, 2))).reshape(8, 16)
        assert np.flatnonzero(turned.sum(1) > 1e-3).tolist() == [expected]
    bins = duplicates.describe(images).reshape(8, 4, 4)
    np.testing.assert_allclose(bins[6, 1], bins[6, 2], rtol=1e-5)  # the edge is between both
    brighter = duplicates.describe(images + 50).reshape(8, 4, 4)
    np.testing.assert_allclose(brighter, bins, atol=1e-3)
    half = duplicates.describe(images // 2).reshape(8, 4, 4)
    np.testing.assert_allclose(half, bins / np.sqrt(2), atol=1e-3)


def test_registration_finds_a_known_map(train: np.ndarray) -> None:
    """Against scipy's own warp: at most a fifth of a pixel off, anywhere in the image."""
    image = train[0].mean(-1).astype(np.float32)
    turn, middle = np.array([[1.08, 0.05], [-0.04, 0.95]]), np.full(2, 15.5)
    shift = np.array([1.5, -1.0])
    warped = affine_transform(image, turn, middle - turn @ middle + shift, order=1, mode="nearest")
    warps = np.eye(3, dtype=np.float32)[None]
    for smallest, largest, step, iterations in registration.LEVELS:
        fixed, moving = (registration.detail(i[None], smallest, largest) for i in (warped, image))
        points = registration.grid(registration.MARGIN, step)
        warps = registration.register(fixed, moving, warps, points, iterations)
    points = registration.grid(0, 1)
    expected = turn @ points[:2] + shift[:, None] / registration.CENTRE
    assert np.abs((warps @ points)[0, :2] - expected).max() * registration.CENTRE < 0.2


def test_a_frame_does_not_count(train: np.ndarray) -> None:
    framed = np.full_like(train[:20], 255)
    framed[:, 2:-2, 2:-2] = train[:20, 2:-2, 2:-2]
    pairs = pd.DataFrame({"index": range(20), "neighbour": range(20), "mirrored": False})
    assert (duplicates.correlate(train, framed, pairs) >= SAME).all()
    strangers = pairs.assign(neighbour=range(20, 40))
    assert (duplicates.correlate(train, framed, strangers) < 0.4).all()


def test_sampling_is_scipys(train: np.ndarray) -> None:
    images = train[:3].astype(np.float32)
    places = np.random.default_rng(0).uniform(-1.3, 1.3, (3, 3, 50)).astype(np.float32)
    sampled = registration.sample(images, places)
    for image, (y, x, _), values in zip(images, (places + 1) * 15.5, sampled, strict=True):
        for channel in range(3):
            expected = map_coordinates(image[..., channel], (y, x), order=1, mode="nearest")
            np.testing.assert_allclose(values[:, channel], expected, atol=0.3)


def test_correlation_is_numpys_over_the_points_inside() -> None:
    generator = np.random.default_rng(0)
    a, b = generator.normal(size=(2, 4, 50, 3)).astype(np.float32)
    b += a
    inside = generator.random((4, 50)) < 0.5
    found = registration.correlation(a, b, inside)
    for one, other, mask, value in zip(a, b, inside, found, strict=True):
        assert value == pytest.approx(np.corrcoef(one[mask].ravel(), other[mask].ravel())[0, 1])
    flat, nowhere = np.ones_like(a), np.zeros_like(inside)
    np.testing.assert_allclose(registration.correlation(flat, b, inside), 0, atol=1e-6)
    np.testing.assert_allclose(registration.correlation(a, b, nowhere), 0, atol=1e-6)


@pytest.mark.parametrize("size", [1, 5, 8, 28, 32, 33, 64, 100])
def test_tents_keep_a_constant_and_the_middle_of_a_ramp(size: int) -> None:
    tents = registration.tents(size, 32)
    np.testing.assert_allclose(tents.sum(1), 1, rtol=1e-6)
    if size == 32:
        np.testing.assert_array_equal(tents, np.eye(32))
    if size >= 8:
        ramp = (np.arange(size) + 0.5) * 32 / size - 0.5
        np.testing.assert_allclose((tents @ ramp)[4:-4], np.arange(32)[4:-4], atol=0.26)


def test_nothing_needs_torch() -> None:
    code = "import sys, archbench.duplicates.search; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_stage(tmp_path: Path, train: np.ndarray) -> None:
    test = np.concatenate([train[:2], photographs(3, seed=1)])
    for half, images in (("train", train), ("test", test)):
        files.write_array(tmp_path / "data" / half / "images.npy", images)
        files.write_array(tmp_path / "data" / half / "labels.npy", labels(images))
    example_records.dataset(mirrorable=True).write(tmp_path / "data/dataset.json")
    command = [sys.executable, str(ROOT / "stages" / "duplicates.py")]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout == "2 of 5 test images are copies of training images\n"
    assert done.stderr == ""  # no bar without a terminal
    written = files.read_table(tmp_path / "data/duplicates.csv")
    pd.testing.assert_frame_equal(written, found(train, test), atol=2e-4)
