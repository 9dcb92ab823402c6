"""Stage evaluate: from weights to one row per test example, and from rows to metrics."""
