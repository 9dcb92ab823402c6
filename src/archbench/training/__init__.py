"""Stage train: the GPU core."""
