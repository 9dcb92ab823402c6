from archbench import vision  # noqa: F401  (before any test's own import of torchvision)
