"""The keys of params.yaml that this room reads. Cheap to import: no numpy."""

from archbench.base.params import Section, Text


class People(Section):
    """The keys that stage people reads."""

    human_labels: bool
    """Compare with people's labels of CIFAR-10's test images too (CIFAR-10H, not for commercial
    use)."""
    data_directory: Text | None
    """Read before the network is tried."""
