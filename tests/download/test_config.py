from typing import Any

import pytest

from archbench.base import params
from archbench.base.errors import Refused
from archbench.download.catalogue import DATASETS
from archbench.download.config import Download
from archbench.split.config import Split

FOLDER = {"path": "data/folder", "image_size": 32, "mirrorable": True, "skip_bad": False}
DOWNLOAD: dict[str, Any] = {"dataset": "folder", "data_directory": None, "folder": FOLDER}


@pytest.mark.parametrize("validation", [1, 5000, 0.1, 1e-05, None])
def test_a_count_or_a_fraction_or_empty(validation: float | None) -> None:
    section = params.validate(Split, {"validation": validation, "split_seed": 0})
    assert section.validation == validation
    assert type(section.validation) is type(validation)


@pytest.mark.parametrize(
    "validation",
    [0, -1, 0.0, 1.0, -0.5, 5000.0, True, False, "0.1", float("nan"), float("inf"), [1]],
)
def test_anything_else_is_refused_in_one_line(validation: Any) -> None:
    with pytest.raises(Refused, match=r"^params\.yaml: validation = .*: should be a count above 0"):
        params.validate(Split, {"validation": validation, "split_seed": 0})


@pytest.mark.parametrize("seed", [-1, 2**31, 0.5, True, None])
def test_a_bad_seed_is_refused(seed: Any) -> None:
    with pytest.raises(Refused, match=r"split_seed"):
        params.validate(Split, {"validation": 1, "split_seed": seed})


def test_datasets_are_those_of_the_catalogue() -> None:
    for name in (*DATASETS, "folder"):
        params.validate(Download, {**DOWNLOAD, "dataset": name})
    with pytest.raises(
        Refused, match=r"'cifar11': should be 'cifar10', 'cifar100', .* or 'folder'$"
    ):
        params.validate(Download, {**DOWNLOAD, "dataset": "cifar11"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("path", value) for value in (None, 3, True)),
        *(("image_size", value) for value in (0, 7, 513, 32.0, "32", None, True)),
        *((key, value) for key in ("mirrorable", "skip_bad") for value in (None, 1, "no")),
        ("size", 32),
    ],
)
def test_a_bad_key_of_the_folder_is_named(key: str, value: Any) -> None:
    folder = {**DOWNLOAD["folder"], key: value}
    with pytest.raises(Refused, match=rf"^params\.yaml: folder\.{key} ([^\n]*)$"):
        params.validate(Download, {**DOWNLOAD, "folder": folder})
