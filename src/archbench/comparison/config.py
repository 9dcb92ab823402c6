"""The keys of params.yaml that this room reads."""

from archbench.params import Names, Section


class Comparison(Section):
    """The keys that stage compare reads."""

    architectures: Names
