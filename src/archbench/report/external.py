"""Models whose predictions were made elsewhere: which rows they are, and what is said of them.

Their numbers, which stage external writes, have `external` among them.
"""

import pandas as pd

from archbench.report.many import named


def external(numbers: pd.DataFrame) -> list[str]:
    """The names of the models."""
    return numbers.index[numbers["external"].notna()].tolist() if "external" in numbers else []


def trained(numbers: pd.DataFrame) -> pd.DataFrame:
    """The rows of the architectures that were trained here."""
    return numbers.drop(index=external(numbers))


def note(numbers: pd.DataFrame) -> str:
    """Who they are, and what is not known of them; nothing where there are none."""
    if not (names := external(numbers)):
        return ""
    return (
        f"External: {named(names)}. Their predictions were made elsewhere. How they were "
        "trained, on which images and at what cost, is not known here, nor whether these test "
        "images served a choice: only the architectures trained here share their conditions. "
        "Costs, failures, calibration, selective prediction, robustness and learning curves need "
        "more than predictions of the test images, and leave external models out."
    )
