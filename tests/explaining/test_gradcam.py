import torch

from archbench.explaining.gradcam import gradcam


def test_behind_a_mean_and_a_linear_head_it_is_the_class_activation_map():
    """There the two are the same (Zhou et al. 2016; Selvaraju et al. 2017, section 3.1)."""
    torch.manual_seed(0)
    activations = torch.rand(6, 3, 4, 5, requires_grad=True)
    head = torch.randn(10, 3)
    logits = activations.mean((2, 3)) @ head.T
    expected = torch.einsum("nc,nchw->nhw", head[logits.argmax(1)], activations).relu()
    expected = expected / expected.amax((1, 2), keepdim=True) * 255
    found = gradcam(logits, activations)
    assert found.dtype == torch.uint8
    assert (found.float() - expected).abs().max() <= 0.5 + 1e-3
    assert (found.amax((1, 2)) == 255).all()


def test_evidence_against_is_no_evidence():
    activations = torch.rand(1, 1, 4, 4, requires_grad=True)
    logits = torch.cat([1 - activations.mean((2, 3)), torch.zeros(1, 1)], 1)
    assert gradcam(logits, activations).max() == 0
