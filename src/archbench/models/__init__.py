"""One file per architecture, each with `build(num_classes, in_channels, image_size, **options)`.

What stands in `options` in params.yaml is checked against the annotations of `build`, whose
names come from `options.py`, without importing the file.
"""
