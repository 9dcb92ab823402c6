import example_records
import numpy as np
import pytest
import torch

from archbench.base.records import RunRecord
from archbench.explaining import explain
from archbench.networks import classifier

RANDOM = np.random.default_rng(0)
TRAIN = RANDOM.integers(256, size=(40, 32, 32, 3), dtype=np.uint8)
ORDER = RANDOM.permutation(40)[:30]


def run(architecture: str) -> RunRecord:
    options = {"widths": [4, 4, 4, 8]} if architecture == "se_resnet" else {}
    return example_records.run(
        architecture=architecture, seed=3, train_images=20, hyperparameters={"options": options}
    )


@pytest.fixture(params=["mlp", "se_resnet"])
def found(request):
    torch.manual_seed(0)
    dataset = example_records.dataset(image_size=(32, 32))
    model = classifier.rebuild(run(request.param), dataset)
    test = np.concatenate([TRAIN[ORDER[:3]], TRAIN[ORDER[25:]]])
    return explain.explain(model, run(request.param), TRAIN, ORDER, test)


def test_an_image_that_was_trained_on_is_its_own_nearest_neighbour(found):
    neighbours, cosines = found.arrays["neighbours"], found.arrays["cosines"]
    assert neighbours[:3, 0].tolist() == ORDER[:3].tolist()
    np.testing.assert_allclose(cosines[:3, 0], 1, rtol=1e-5)
    assert (np.diff(cosines) <= 0).all()


def test_only_what_the_run_trained_on_is_searched(found):
    assert set(found.arrays["neighbours"].ravel()) <= set(ORDER[:20].tolist())


def test_maps_and_their_control_are_of_networks_that_have_a_map(found):
    if found.summary["architecture"] == "mlp":
        assert "maps" not in found.arrays
        assert found.summary["layer"] is None
    else:
        assert found.arrays["maps"].shape == (8, 4, 4)
        assert found.arrays["control"].shape == (8, 4, 4)
        assert not np.array_equal(found.arrays["maps"], found.arrays["control"])
        assert -1 <= found.summary["control_agreement"] <= 1
