"""The keys of params.yaml that this room reads. Cheap to import: no torch."""

from archbench.base.params import Seeds
from archbench.comparison.config import Equivalence


class Export(Seeds, Equivalence):
    """The first seed's network is exported; its 8-bit form may be practically as accurate."""
