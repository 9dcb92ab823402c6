import torch
from sklearn.neighbors import NearestNeighbors

from archbench.explaining.neighbours import nearest


def test_the_neighbours_are_scikit_learns():
    torch.manual_seed(0)
    queries, features = torch.randn(23, 7), torch.randn(50, 7)
    indices, cosines = nearest(queries, features, chunk=10)
    distances, expected = (
        NearestNeighbors(n_neighbors=5, metric="cosine").fit(features).kneighbors(queries)
    )
    assert (indices.numpy() == expected).all()
    torch.testing.assert_close(cosines, (1 - torch.from_numpy(distances)).to(cosines))


def test_length_does_not_count_and_few_images_give_few_neighbours():
    features = torch.tensor([[1.0, 0.0], [0.0, 100.0]])
    indices, cosines = nearest(torch.tensor([[9.0, 1.0]]), features)
    assert indices.tolist() == [[0, 1]]
    torch.testing.assert_close(cosines, torch.tensor([[9.0, 1.0]]) / 82**0.5)
