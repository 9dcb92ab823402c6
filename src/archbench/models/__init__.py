"""One file per architecture, each with `build(num_classes, in_channels, image_size, **options)`."""
