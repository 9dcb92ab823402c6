"""Stage explain: which training images a test image resembles, and where the network looked."""
