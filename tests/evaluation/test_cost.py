import example_records
import pytest

from archbench.evaluation import cost
from archbench.networks import classifier

SHAPE = (32, 32, 3)


def test_a_multiply_accumulate_counts_as_two():
    model = classifier.build("mlp", 10, SHAPE, {})
    macs = 3072 * 128 + 128 * 64 + 64 * 10
    assert cost.gflops(model, (3, 32, 32)) == pytest.approx(2 * macs / 1e9, rel=1e-12, abs=0)


def test_resnet18_with_the_small_stem():
    """1.11 GFLOP with a 3×3 stem and no pool; its published parameter count at ten classes."""
    model = classifier.build("resnet18", 10, SHAPE, {})
    assert cost.gflops(model, (3, 32, 32)) == pytest.approx(1.111, abs=0.002)
    assert cost.parameters(model) == 11_173_962


@pytest.mark.parametrize(("fine_tune", "passes"), [("full", 3), ("linear_probe", 1)])
def test_all_of_a_training(fine_tune, passes):
    """A linear probe has no backward pass; half the updates saw 9/16 of the pixels."""
    run = example_records.run(
        train_images=2000,
        epochs=5,
        pixel_fraction=25 / 32,
        hyperparameters={"fine_tune": fine_tune},
    )
    expected = passes * 0.1 * 10_000 * 25 / 32 / 1e6
    assert cost.petaflop(0.1, run) == pytest.approx(expected, rel=1e-12, abs=0)


def test_the_count_is_of_one_image_and_prints_nothing(capsys):
    model = classifier.build("mlp", 10, SHAPE, {}).train()
    assert cost.gflops(model, (3, 32, 32)) < 0.001
    assert capsys.readouterr().out == ""
