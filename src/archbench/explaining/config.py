"""The keys of params.yaml that this room reads. Cheap to import: no torch."""

from archbench.params import Seeds


class Explanation(Seeds):
    """The keys that stage explain reads: the first seed's network is explained."""
