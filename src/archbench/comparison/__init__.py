"""Stage compare: which differences between architectures would hold with other images and seeds."""
