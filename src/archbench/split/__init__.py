"""Which training images are held out for validation."""
