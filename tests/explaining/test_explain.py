import example_records
import numpy as np
import pytest
import torch
from allocated import at_most
from sklearn.neighbors import NearestNeighbors

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


def test_images_are_copied_batch_by_batch(monkeypatch):
    """As bytes they are 2.5 MB of each kind, and a batch of ten 31 kB."""
    images = RANDOM.integers(256, size=(800, 32, 32, 3), dtype=np.uint8)
    monkeypatch.setattr(classifier, "CHUNK", 10)
    model = classifier.rebuild(run("mlp"), example_records.dataset(image_size=(32, 32)))
    of = run("mlp").model_copy(update={"train_images": 700})
    explain.explain(model, of, TRAIN, ORDER, TRAIN)  # what torch makes at its first use
    with at_most(images.nbytes // 4):
        explain.explain(model, of, images, RANDOM.permutation(800), images)


def test_the_neighbours_are_scikit_learns():
    torch.manual_seed(0)
    queries, features = torch.randn(23, 7), torch.randn(50, 7)
    indices, cosines = explain.nearest(queries, features, chunk=10)
    distances, expected = (
        NearestNeighbors(n_neighbors=5, metric="cosine").fit(features).kneighbors(queries)
    )
    assert (indices.numpy() == expected).all()
    torch.testing.assert_close(cosines, (1 - torch.from_numpy(distances)).to(cosines))


def test_length_does_not_count_and_few_images_give_few_neighbours():
    features = torch.tensor([[1.0, 0.0], [0.0, 100.0]])
    indices, cosines = explain.nearest(torch.tensor([[9.0, 1.0]]), features)
    assert indices.tolist() == [[0, 1]]
    torch.testing.assert_close(cosines, torch.tensor([[9.0, 1.0]]) / 82**0.5)


def test_behind_a_mean_and_a_linear_head_it_is_the_class_activation_map():
    """There the two are the same (Zhou et al. 2016; Selvaraju et al. 2017, section 3.1)."""
    torch.manual_seed(0)
    activations = torch.rand(6, 3, 4, 5, requires_grad=True)
    head = torch.randn(10, 3)
    logits = activations.mean((2, 3)) @ head.T
    expected = torch.einsum("nc,nchw->nhw", head[logits.argmax(1)], activations).relu()
    expected = expected / expected.amax((1, 2), keepdim=True) * 255
    found = explain.gradcam(logits, activations)
    assert found.dtype == torch.uint8
    assert (found.float() - expected).abs().max() <= 0.5 + 1e-3
    assert (found.amax((1, 2)) == 255).all()


def test_evidence_against_is_no_evidence():
    activations = torch.rand(1, 1, 4, 4, requires_grad=True)
    logits = torch.cat([1 - activations.mean((2, 3)), torch.zeros(1, 1)], 1)
    assert explain.gradcam(logits, activations).max() == 0


def test_shuffling_keeps_every_tensors_numbers_and_the_original():
    model = classifier.build("mlp", 10, (8, 8, 3), {})
    before = {name: value.clone() for name, value in model.state_dict().items()}
    mixed = explain.shuffled(model)
    for name, value in mixed.state_dict().items():
        assert torch.equal(value.flatten().sort().values, before[name].flatten().sort().values)
        assert torch.equal(model.state_dict()[name], before[name])
    name = "network.1.weight"
    assert not torch.equal(mixed.state_dict()[name], before[name])
    assert torch.equal(explain.shuffled(model).state_dict()[name], mixed.state_dict()[name])


def test_agreement_is_the_mean_rank_correlation_and_flat_maps_have_none():
    rising = np.arange(16, dtype=np.uint8).reshape(4, 4)
    flat = np.zeros((4, 4), np.uint8)
    assert explain.agreement(np.stack([rising] * 3), np.stack([rising * 3, rising, flat])) == 1
    opposite = explain.agreement(np.stack([rising] * 2), np.stack([rising, rising[::-1, ::-1]]))
    assert opposite == pytest.approx(0)
    assert explain.agreement(flat[None], rising[None]) is None


def test_the_result_is_one_line(found):
    line = explain.result(found)
    assert line.startswith("8 test images, each with its 5 nearest training images")
    if found.summary["architecture"] == "mlp":
        assert line.endswith("; it has no map for Grad-CAM")
    else:
        assert f"its Grad-CAM at {found.summary['layer']}" in line
        assert f"rank correlation {found.summary['control_agreement']:.2f})" in line
