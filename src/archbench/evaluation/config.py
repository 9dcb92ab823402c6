"""The keys of params.yaml that this room reads. Cheap to import: no torch."""

from archbench.base.params import Seeds


class Evaluation(Seeds):
    """The keys that stage evaluate reads."""

    test_time_flip: bool
    """Average the logits of each test image and of its mirror image."""
    robustness: bool
    """Predict corrupted test images too."""
