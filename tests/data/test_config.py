from typing import Any

import pytest

from archbench import params
from archbench.data.catalogue import DATASETS
from archbench.data.config import Download, Split
from archbench.errors import Refused


@pytest.mark.parametrize("validation", [1, 5000, 0.1, 1e-05])
def test_a_count_or_a_fraction(validation: int | float) -> None:
    section = params.validate(Split, {"validation": validation, "split_seed": 0})
    assert section.validation == validation
    assert type(section.validation) is type(validation)


@pytest.mark.parametrize(
    "validation",
    [0, -1, 0.0, 1.0, -0.5, 5000.0, True, False, None, "0.1", float("nan"), float("inf"), [1]],
)
def test_anything_else_is_refused_in_one_line(validation: Any) -> None:
    with pytest.raises(Refused, match=r"^params\.yaml: validation = .*: should be a count above 0"):
        params.validate(Split, {"validation": validation, "split_seed": 0})


@pytest.mark.parametrize("seed", [-1, 2**31, 0.5, True, None])
def test_a_bad_seed_is_refused(seed: Any) -> None:
    with pytest.raises(Refused, match=r"split_seed"):
        params.validate(Split, {"validation": 1, "split_seed": seed})


def test_datasets_are_those_of_the_catalogue() -> None:
    for name in DATASETS:
        params.validate(Download, {"dataset": name, "data_directory": None})
    with pytest.raises(Refused, match=r"'cifar11': should be 'cifar10', 'cifar100', "):
        params.validate(Download, {"dataset": "cifar11", "data_directory": None})
