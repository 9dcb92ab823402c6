"""A trained network as files that others can use, and what predicting with them costs."""
