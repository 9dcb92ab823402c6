"""params.yaml → a fair, cached comparison of image-classification architectures."""
