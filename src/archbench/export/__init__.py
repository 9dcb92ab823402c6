"""A trained network to take along: in a format that other programs run, and on a page."""
