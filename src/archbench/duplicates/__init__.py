"""Which test images have a near-duplicate among the training images."""
