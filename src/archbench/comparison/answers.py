"""What a comparison keeps of each architecture's predictions, so that many fit into memory.

A row of probabilities takes ten times what a row of answers does, and is needed only where every
run is wrong.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from archbench.base.predictions import is_mistake, join

COMPACT = {"seed": np.uint32, "index": np.uint32, "label": np.uint16, "prediction": np.uint16}


def reduce(
    predictions: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """By architecture the answers alone; and whole, joined, the rows of what every run misses.

    Each table is asked for once: it may be read when it is.
    """
    answers: dict[str, pd.DataFrame] = {}
    suspects: dict[str, pd.DataFrame] = {}
    missed = pd.Index([])
    for name, rows in predictions.items():
        wrong = is_mistake(rows).groupby(rows["index"]).all()
        own = wrong.index[wrong]
        missed = missed.intersection(own) if answers else own
        answers[name] = rows[list(COMPACT)].astype(COMPACT)
        suspects[name] = rows[rows["index"].isin(missed)]
    whole = {name: rows[rows["index"].isin(missed)] for name, rows in suspects.items()}
    return answers, join(whole)
