"""What `external` of params.yaml may not say, and the one line that says so, before any data."""

from pathlib import Path

import pytest
from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML

from archbench import check
from archbench.base import params
from archbench.base.errors import Refused
from archbench.external.config import External

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "params.yaml").read_text(encoding="utf-8")


@pytest.fixture
def there(tmp_path, monkeypatch):
    """A file in data/external, and one that DVC would not watch."""
    monkeypatch.chdir(tmp_path)
    for name in ("data/external/in/side.json", "data/outside.json", "data/folder/x"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    return tmp_path


BAD = {
    "x.json": "external = 'x.json': should be a valid dictionary",
    3: "external = 3: should be a valid dictionary",
    ("a", 3): "external.a = 3: should be a valid list",
    ("a", None): "external.a = None: should be a valid list",
    ("a", ()): "external.a = []: List should have at least 1 item",
    ("a", (3,)): "external.a.0 = 3: should be a valid string",
    ("../a", "in/side.json"): "the name '../a' should be 1 to 60 letters, digits, '_', '.' or '-'",
    (".a", "in/side.json"): "the name '.a' should be",
    ("a b", "in/side.json"): "the name 'a b' should be",
    ("x" * 61, "in/side.json"): "should be 1 to 60 letters",
    ("a", "../outside.json"): "'../outside.json' should be a file in data/external",
    ("a", "/etc/passwd"): "'/etc/passwd' should be a file in data/external",
    ("a", "none.json"): "external.a: 'data/external/none.json' is no file",
    ("a", "in"): "external.a: 'data/external/in' is no file",
    ("a", ("in/side.json", "./in/side.json")): "a names a file twice; a run counts once",
    ("mlp", "in/side.json"): "external.mlp: is the name of an architecture too, models/mlp.py",
    ("vit", "in/side.json"): "external.vit: is the name of an architecture too, models/vit.py",
}


def checked(value: object) -> None:
    check.check(params.parse(TEXT) | {"external": value})


@pytest.mark.parametrize("asked", BAD, ids=str)
def test_a_bad_value_is_one_line(there, asked):
    value = asked
    if isinstance(asked, tuple):
        name, files = asked
        value = {name: list(files) if isinstance(files, tuple) else files}
    with pytest.raises(Refused) as refused:
        checked(value)
    assert str(refused.value).startswith("params.yaml: external")
    assert BAD[asked] in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("value", [None, {}, {"a.b-c_1": "in/side.json"}, {"a": ["in/side.json"]}])
def test_a_good_value(there, value):
    checked(value)


def test_an_override_sets_adds_and_removes(there):
    """`external={…}` on one that is set already is refused by Hydra."""
    path = there / "params.yaml"
    path.write_text(TEXT, encoding="utf-8")
    before = YAML(typ="safe").load(path)
    for override, expected in {
        "external={ours: in/side.json}": {"ours": ["in/side.json"]},
        "+external.two=[1.json,2.json]": {"ours": ["in/side.json"], "two": ["1.json", "2.json"]},
        "external=null": {},
    }.items():
        apply_overrides(str(path), [override])
        found = params.read(External).models
        assert {
            name: [str(file.relative_to("data/external")) for file in files]
            for name, files in found.items()
        } == expected
        assert YAML(typ="safe").load(path) | {"external": None} == before
