"""Which files are runs of which model."""

from pathlib import Path

import pytest

from archbench.base.errors import Refused
from archbench.judge import sources


@pytest.fixture
def there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.json", "x=1,2.csv", "net/2.npy", "net/1.CSV", "net/notes.txt"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).touch()
    Path("empty").mkdir()


def find(*words: str) -> dict[str, list[str]]:
    return {name: list(map(str, paths)) for name, paths in sources.find(words).items()}


def test_a_file_a_folder_and_a_name(there):
    assert find("a.csv", "net", "n=b.json,a.csv", "m=net", "k=net,b.json") == {
        "a": ["a.csv"],
        "net": ["net/1.CSV", "net/2.npy"],
        "n": ["b.json", "a.csv"],
        "m": ["net/1.CSV", "net/2.npy"],
        "k": ["net/1.CSV", "net/2.npy", "b.json"],
    }


def test_a_file_whose_name_has_signs_is_that_file(there):
    assert find("x=1,2.csv", "y=x=1,2.csv") == {"x=1,2": ["x=1,2.csv"], "y": ["x=1,2.csv"]}


def test_a_folder_is_named_by_its_own_name(there, monkeypatch):
    monkeypatch.chdir("net")
    assert find(".") == {"net": ["1.CSV", "2.npy"]}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a.csv", "a=b.json"], "'a=b.json': a model before it is named a too"),
        (["gone.csv"], "gone.csv: there is no such file"),
        (["a=gone.csv"], "gone.csv: there is no such file"),
        (["empty"], "empty: has no file that ends in one of .csv, .json, .npy, .npz"),
        (["a=a.csv,./a.csv"], "a.csv: is named twice; a run counts once"),
        (["=a.csv"], "'=a.csv': the model's name '' should have 1 to 60 printable characters"),
        ([f"{'x' * 61}=a.csv"], f"'{'x' * 56}"),
        (["a\nb=a.csv"], "'a\\nb=a.csv': the model's name 'a\\nb' should have 1 to 60"),
        (["y" * 5000], "'yyy"),
        (["a\0.csv"], "'a\\x00.csv': the model's name"),
    ],
    ids=range(10),
)
def test_what_names_no_model_is_refused(there, words, message):
    with pytest.raises(Refused) as refused:
        find(*words)
    assert str(refused.value).startswith(message)
    assert str(refused.value).isprintable()
