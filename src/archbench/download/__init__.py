"""From a data set's name to its verified arrays."""
