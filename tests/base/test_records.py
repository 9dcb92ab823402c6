"""What is written of a data set and of a run is read as it was, or refused."""

import json

import example_records
import pytest

from archbench.base import files, paths
from archbench.base.errors import Refused
from archbench.base.records import DatasetRecord, RunRecord


@pytest.mark.parametrize("record", [example_records.dataset(), example_records.run()])
def test_a_record_is_read_as_it_was_written(tmp_path, record):
    record.write(tmp_path / "record.json")
    assert type(record).read(tmp_path / "record.json") == record


def test_a_changed_value_is_refused(tmp_path):
    path = tmp_path / "run.json"
    example_records.run().write(path)
    values = json.loads(path.read_text())
    path.write_text(json.dumps(values | {"seed": 1}))
    with pytest.raises(Refused, match=r"run\.json is damaged"):
        RunRecord.read(path)


@pytest.mark.parametrize("change", ["missing", "unknown"])
def test_a_record_of_another_version_is_refused_by_its_key(tmp_path, change):
    path = tmp_path / "run.json"
    values = example_records.run().model_dump(mode="json")
    key = "train_petaflop" if change == "missing" else "pixels"
    values = {name: value for name, value in values.items() if name != key}
    files.write_record(path, values if change == "missing" else values | {key: 1.0})
    with pytest.raises(Refused, match=rf"run\.json was written by another version: {key}: "):
        RunRecord.read(path)


def test_a_data_set_knows_its_shape_and_its_files():
    dataset = example_records.dataset(image_size=(6, 4), sha256={"test/images.npy": "abc"})
    assert dataset.image_shape == (6, 4, 3)
    assert dataset.digest(paths.TEST_IMAGES) == "abc"


def test_a_data_set_s_record_refuses_what_it_does_not_know():
    with pytest.raises(ValueError, match="mirorable"):
        DatasetRecord.model_validate(example_records.DATASET | {"mirorable": True})
