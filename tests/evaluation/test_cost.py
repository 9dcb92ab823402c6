import pytest

from archbench.evaluation import cost
from archbench.models import classifier

SHAPE = (32, 32, 3)


def test_a_multiply_accumulate_counts_as_two():
    model = classifier.build("mlp", 10, SHAPE, {})
    macs = 3072 * 128 + 128 * 64 + 64 * 10
    assert cost.gflops(model, (3, 32, 32)) == pytest.approx(2 * macs / 1e9)


def test_resnet18_with_the_small_stem():
    """1.11 GFLOP with a 3×3 stem and no pool; its published parameter count at ten classes."""
    model = classifier.build("resnet18", 10, SHAPE, {})
    assert cost.gflops(model, (3, 32, 32)) == pytest.approx(1.111, abs=0.002)
    assert cost.parameters(model) == 11_173_962
