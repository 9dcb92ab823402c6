"""One page that compares the architectures."""
