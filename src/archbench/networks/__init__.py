"""What it takes to build and to run a network."""
