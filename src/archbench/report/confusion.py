"""The confusion table as `dvc plots` draws it."""

from collections.abc import Sequence

import pandas as pd

from archbench.report.words import MANY


def drawn_cells(confusion: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """The rows that `dvc plots` needs: of many classes only the cells that are not empty.

    The diagonal comes first, since Vega orders an axis by first appearance.
    """
    if len(classes) <= MANY:
        return confusion
    right = confusion["actual"] == confusion["predicted"]
    return pd.concat([confusion[right], confusion[~right & (confusion["count"] > 0)]])
