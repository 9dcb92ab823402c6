import re

import pandas as pd
import pytest

from archbench.report import frames, rankings
from archbench.report.drawing import svg


@pytest.mark.parametrize(
    ("seconds", "ticks"),
    [
        ([17, 83], ["20", "50"]),
        ([30, 40], ["30", "40"]),
        ([2, 250], ["10", "100"]),
    ],
)
def test_the_axis_of_costs_has_numbers_however_alike_the_costs(seconds, ticks):
    ends = {"accuracy": [0.7, 0.9], "seeds": [3, 3]}
    ends |= {"accuracy_low": [0.6, 0.8], "accuracy_high": [0.8, 0.95]}
    numbers = pd.DataFrame(
        ends | {"train_petaflop": seconds, "gflops": [3.0, 3000.0]}, index=["a", "b"]
    )
    written = re.findall(r">([\d.]+)</text>", svg(rankings.costs(frames.costs(numbers))))
    assert set(ticks) <= set(written)
