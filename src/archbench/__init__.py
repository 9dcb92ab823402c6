"""archbench turns params.yaml into a fair, cached comparison of image-classification architectures."""
