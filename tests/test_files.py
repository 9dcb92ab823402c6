import numpy as np
import pandas as pd
import pytest

from archbench import files


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
    files.write_table(tmp_path / "table.csv", pd.DataFrame({"class": names, "count": [1, 2, 3]}))
    read = files.read_table(tmp_path / "table.csv", ["class", "not there"])
    assert read["class"].tolist() == names
    assert read["count"].tolist() == [1, 2, 3]
