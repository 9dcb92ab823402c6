"""Which architecture for how much training compute: read off experiments that differ in that."""
