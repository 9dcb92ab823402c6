import resource
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from archbench.base import errors, files
from archbench.base.errors import Refused
from archbench.networks import weights
from archbench.training import checkpoint


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "value.json"
    files.write_json(path, {"old": 1})

    def fail_half_way() -> None:
        with files.atomic(path) as temporary:
            temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail_half_way()
    assert files.read_json(path) == {"old": 1}
    assert list(tmp_path.iterdir()) == [path]


@contextmanager
def full_disk():
    """No file may grow beyond 50 kB: a full disk refuses in the same way, with another reason."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


WRITERS: dict[str, tuple[Callable[[Path, Any], None], Any]] = {
    "text": (files.write_text, "x"),
    "array": (files.write_array, np.zeros(1)),
    "table": (files.write_table, pd.DataFrame({"x": [0.5]})),
    "weights": (weights.write, {"x": torch.zeros(1)}),
}
LARGE = {
    "text": "x" * 100_000,
    "array": np.zeros(100_000),
    "table": pd.DataFrame({"x": np.linspace(0, 1, 100_000)}),
    "weights": {"x": torch.zeros(100_000)},
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_full_disk_is_named_with_the_file_and_the_old_one_stays(tmp_path, kind):
    path = tmp_path / "value"
    write, small = WRITERS[kind]
    write(path, small)
    old = path.read_bytes()
    with full_disk(), pytest.raises(Refused, match=f"^{path} cannot be written: File too large$"):
        write(path, LARGE[kind])
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_state_of_the_epoch_before(tmp_path):
    checkpoint.save(tmp_path, 1, {"curve": [{"epoch": 1}]})
    large = {"curve": [{"epoch": 2}], "weights": torch.zeros(100_000)}
    with full_disk(), pytest.raises(Refused, match=r"epoch-00002\.pt cannot be written"):
        checkpoint.save(tmp_path, 2, large)
    kept = checkpoint.load(tmp_path)
    assert kept is not None
    assert kept["curve"] == [{"epoch": 1}]


def test_a_full_disk_elsewhere_is_one_line_too(tmp_path, capsys):
    def stage() -> None:
        (tmp_path / "other").write_bytes(bytes(100_000))

    with full_disk(), pytest.raises(SystemExit) as end:
        errors.run(stage)
    assert end.value.code == 2
    assert capsys.readouterr().err == "[Errno 27] File too large\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="cannot be written: Not a directory"):
        files.write_text(tmp_path / "file/deeper/value", "x")


def test_nan_is_no_json(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        files.write_json(tmp_path / "value.json", {"loss": float("nan")})
    assert not list(tmp_path.iterdir())


def test_arrays_are_mapped_and_read_only(tmp_path):
    path = tmp_path / "deep" / "array.npy"
    files.write_array(path, np.arange(6, dtype=np.uint8).reshape(2, 3))
    array = files.read_array(path)
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert isinstance(array, np.memmap)
    assert not array.flags.writeable


def test_a_table_holds_float32_exactly_and_any_name(tmp_path):
    path = tmp_path / "table.csv"
    values = np.random.default_rng(0).random(1000, dtype=np.float32)
    files.write_table(path, pd.DataFrame({"NA": values, "class": ["NA", 'a,"b'] * 500}))
    table = files.read_table(path)
    assert (table["NA"].to_numpy(np.float32) == values).all()
    assert table["class"].tolist() == ["NA", 'a,"b'] * 500


@pytest.mark.parametrize("names", [["007", "08", "1"], ["1.0", "1", "1e0"], ["True", "no", "NA"]])
def test_names_that_read_as_numbers_stay_names(names, tmp_path):
    written = pd.DataFrame(dict.fromkeys(files.CLASS_NAMES, names) | {"count": [1, 2, 3]})
    files.write_table(tmp_path / "table.csv", written)
    read = files.read_table(tmp_path / "table.csv")
    assert all(read[column].tolist() == names for column in files.CLASS_NAMES)
    assert read["count"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("content", [None, "a folder", b"", b'{"a": 1', b"\xff{}"])
def test_json_that_cannot_be_read_is_refused_with_its_name(content, tmp_path):
    path = tmp_path / "run.json"
    if content == "a folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused, match=r"run\.json cannot be read: .*make verify"):
        files.read_json(path)


@pytest.mark.parametrize("kind", ["gone", "a folder", "changed"])
def test_bytes_that_are_not_those_written_are_refused(kind, tmp_path):
    path = tmp_path / "images.npy"
    path.write_bytes(b"images")
    digest = files.sha256(path)
    files.verify(path, digest)
    path.unlink()
    if kind == "a folder":
        path.mkdir()
    elif kind == "changed":
        path.write_bytes(b"imagez")
    with pytest.raises(Refused, match=r"images\.npy (cannot be read|is damaged): .*make verify"):
        files.verify(path, digest)


def test_a_record_that_is_no_longer_what_was_written_is_refused(tmp_path):
    path = tmp_path / "run.json"
    value = {"seconds": 12.345678901234567, "recipe": {"lr": 1e-05, "name": "é"}, "none": None}
    files.write_record(path, value)
    assert files.read_record(path) == value
    text = path.read_bytes()
    for place in range(len(text)):
        for bit in range(8):
            path.write_bytes(text[:place] + bytes([text[place] ^ 1 << bit]) + text[place + 1 :])
            try:
                assert files.read_record(path) == value  # another blank between two values
            except Refused:
                continue
    path.write_text("[1]")
    with pytest.raises(Refused, match="is damaged"):
        files.read_record(path)
