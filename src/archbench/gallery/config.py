"""The keys of params.yaml that this room reads. Cheap to import: it draws nothing."""

from archbench.base.params import Count, Matrix


class Gallery(Matrix):
    """The keys that stage gallery reads."""

    gallery_tiles: Count
