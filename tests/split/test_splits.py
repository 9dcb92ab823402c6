import hashlib
from pathlib import Path

import numpy as np
import pytest

from archbench.base.errors import Refused
from archbench.download.catalogue import CIFAR10
from archbench.split.config import count
from archbench.split.splits import shares, split

EQUAL = np.tile(np.arange(10, dtype=np.uint8), 500)
UNEQUAL = np.repeat(np.arange(6, dtype=np.uint8), [3, 10, 70, 201, 500, 1216])
LABELS = Path(__file__).parents[2] / "data" / "train" / "labels.npy"

both = pytest.mark.parametrize("labels", [EQUAL, UNEQUAL], ids=["equal", "unequal"])
sizes = pytest.mark.parametrize("validation", [1, 7, 500, 1333, 0.1, 0.377, 1e-3])


def digest(parts: tuple[np.ndarray, np.ndarray]) -> str:
    return hashlib.sha256(b"".join(part.astype("<i8").tobytes() for part in parts)).hexdigest()


@pytest.mark.parametrize(
    ("images", "held_out"), [(60_000, 5000), (50_000, 5000), (49_990, 4999), (24, 2), (2, 1)]
)
def test_left_empty_it_is_5000_or_a_tenth_whichever_is_less(images: int, held_out: int) -> None:
    assert count(None, images) == held_out


def test_left_empty_a_few_images_are_split() -> None:
    train, held_out = split(np.repeat(np.arange(3), 8), None, seed=0)
    assert (len(train), len(held_out)) == (22, 2)


@both
@sizes
def test_disjoint_exhaustive_exact_and_stratified(labels: np.ndarray, validation: float) -> None:
    train, held_out = split(labels, validation, seed=0)
    assert train.dtype == held_out.dtype == np.int64
    total = validation if isinstance(validation, int) else round(validation * len(labels))
    assert len(held_out) == total
    np.testing.assert_array_equal(
        np.sort(np.concatenate([train, held_out])), np.arange(len(labels))
    )
    share = np.bincount(labels) * total / len(labels)
    assert (np.abs(np.bincount(labels[held_out], minlength=len(share)) - share) < 1).all()


@both
@pytest.mark.parametrize("seed", range(5))
def test_every_prefix_of_both_halves_is_stratified(labels: np.ndarray, seed: int) -> None:
    for half in split(labels, 0.2, seed):
        seen = np.cumsum(labels[half][:, None] == np.unique(labels), axis=0)
        share = seen[-1] / len(half)
        expected = np.arange(1, len(half) + 1)[:, None] * share
        bound = 0.5 + share * (len(share) - 2) / 2
        assert (np.abs(seen - expected) <= bound + 1e-9).all()


def test_equal_classes_never_differ_by_more_than_one() -> None:
    train, _ = split(EQUAL, 0.2, seed=0)
    seen = np.cumsum(EQUAL[train][:, None] == np.arange(10), axis=0)
    assert (np.ptp(seen, axis=1) <= 1).all()


@both
def test_the_seed_alone_decides(labels: np.ndarray) -> None:
    splits = [digest(split(labels, 0.1, seed)) for seed in (0, 0, 1, 2)]
    assert splits[0] == splits[1]
    assert len(set(splits)) == 3
    members = [frozenset(split(labels, 0.1, seed)[1].tolist()) for seed in (0, 1)]
    assert members[0] != members[1]  # others are held out, not only in another order


def test_global_random_state_does_not_matter() -> None:
    np.random.seed(1)
    first = digest(split(EQUAL, 0.1, 0))
    np.random.seed(2)
    assert digest(split(EQUAL, 0.1, 0)) == first


def test_a_fraction_and_its_count_are_one_split() -> None:
    assert digest(split(EQUAL, 0.1, 0)) == digest(split(EQUAL, 500, 0))


def test_shares_have_the_exact_sum_and_are_monotone_enough() -> None:
    generator = np.random.default_rng(0)
    for _ in range(300):
        counts = generator.integers(1, 1000, generator.integers(1, 20))
        total = int(generator.integers(0, counts.sum() + 1))
        found = shares(counts, total)
        assert found.sum() == total
        assert (np.abs(found - counts * total / counts.sum()) < 1).all()
        assert (found <= counts).all()


@pytest.mark.parametrize(
    ("labels", "validation", "most"),
    [
        (EQUAL, 4991, 4990),
        (EQUAL, 5000, 4990),
        (EQUAL, 10**30, 4990),
        (EQUAL, 0.9999, 4990),
        (UNEQUAL, 1900, 1799),
        (np.array([0, 1]), 1, 0),
    ],
)
def test_a_class_without_training_images_is_refused(
    labels: np.ndarray, validation: float, most: int
) -> None:
    with pytest.raises(
        Refused, match=rf"validation = {validation}\b.*should be at most {most}, or empty$"
    ):
        split(labels, validation, 0)
    if most:
        train, _ = split(labels, most, 0)
        assert set(labels[train]) == set(labels)


def test_a_fraction_of_less_than_one_image_is_refused() -> None:
    with pytest.raises(Refused, match=r"validation = 1e-05.*none; should be at least 1"):
        split(EQUAL, 1e-05, 0)


def test_the_split_never_changes_unnoticed() -> None:
    assert digest(split(np.tile(np.arange(10), 5000), 5000, 0)) == (
        "af0c662a384149cb9f1611b36d95415c009c6e31abf125653ed5d02bcaefb85e"
    )


@pytest.mark.skipif(not LABELS.exists(), reason="stage download has not run")
def test_the_default_split_of_cifar_10_never_changes_unnoticed() -> None:
    labels = np.load(LABELS, allow_pickle=False)
    assert CIFAR10.sha256 is not None
    if hashlib.sha256(labels.data).hexdigest() != CIFAR10.sha256.train_labels:
        pytest.skip("another data set lies in data/")
    assert digest(split(labels, 5000, 0)) == (
        "2a148ceac2630719ff6c3b0234d2e7f1271867642ed9e4bb302b9ab452e41ea0"
    )
