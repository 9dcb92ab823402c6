import pytest

from archbench.training.recipe import Augmentation, Recipe


def test_a_batch_is_at_most_all_the_images_and_even_where_they_are_mixed():
    plain = Recipe(optimizer="sgd", lr=0.1, epochs=1, batch_size=128)
    mixed = plain.model_copy(update={"mixup_alpha": 0.2})
    assert [plain.limit_batch(images).batch_size for images in (23, 128, 500)] == [23, 128, 128]
    assert [mixed.limit_batch(images).batch_size for images in (23, 128, 500)] == [22, 128, 128]


def test_without_flips_neither_kind_is_left():
    for flip in (0.5, "alternating"):
        mirrored = Augmentation.model_validate({"crop": 2, "flip": flip})
        net = Recipe(optimizer="sgd", lr=0.1, epochs=1, augmentation=mirrored)
        assert net.without_flip().augmentation == Augmentation(crop=2)


@pytest.mark.parametrize(
    ("changes", "mixes"),
    [
        ({}, False),
        ({"mixup_alpha": 0.2}, True),
        ({"cutmix_alpha": 1.0}, True),
        ({"cutmix_alpha": 1.0, "mix_probability": 0.0}, False),
    ],
)
def test_what_mixes(changes, mixes):
    assert Recipe(optimizer="sgd", lr=0.1, epochs=1, **changes).mixes is mixes
