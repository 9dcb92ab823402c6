"""Architectures, one file each. A file `name.py` makes the architecture `name`, by its function

    def build(num_classes, in_channels, image_size, *, depth: Depth = 20) -> nn.Module

`num_classes` is the number of classes, `in_channels` that of the images' channels (1 or 3), and
`image_size` their (height, width) in pixels. The module that it returns turns normalised images,
float (N, C, H, W), into logits (N, num_classes).

The keyword-only arguments are the architecture's options: a recipe's `options` in params.yaml sets
them. The annotation of each is bool, int, float, str or a type of `networks/options.py`, written as
a plain name, not as `Optional[int]` or `int | None`. An option without a default must be in the
recipe. `make check` reads the annotations without running the file, and refuses, each in one line,
an unknown option, a value of another type, `*args`, `**options` and positional options.

A `build` that uses `image_size` is taken to need images of that size, so its recipe cannot have
`progressive_resizing`. A module may have two more methods: `prepare(images)` to set first weights
by normalised training images, and timm's `group_matcher` to tell layers apart for `layer_decay`.
"""
