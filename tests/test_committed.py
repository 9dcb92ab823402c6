"""How a refused value is undone, by what git's last commit has."""

import subprocess
from pathlib import Path

import pytest

from archbench.base import params
from archbench.committed import way_back

COMMITTED = "lr:\nseeds:\n- 0\nname: a b\nrecipes:\n  mlp:\n    lr: 0.1\n    flip: true\n"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(COMMITTED)
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "first"]):
        subprocess.run(["git", *words], check=True)


def after(old: str, new: str, key: str, **others: object) -> str:
    values = params.parse(COMMITTED.replace(old, new)) | others
    return way_back(f"params.yaml: {key} = …: should be", values)


@pytest.mark.parametrize(
    ("old", "new", "key", "had", "override"),
    [
        ("lr:\nseeds", "lr: abc\nseeds", "lr", "lr = None", "lr=null"),
        ("- 0", "- x", "seeds.0", "seeds = [0]", "seeds=[0]"),
        ("lr: 0.1", "lr: -1", "recipes.mlp.lr", "recipes.mlp.lr = 0.1", "recipes.mlp.lr=0.1"),
        ("true", "9", "recipes.mlp.flip", "recipes.mlp.flip = True", "recipes.mlp.flip=true"),
        ("name", "extra: 1\nname", "extra", "extra = nothing", "~extra"),
    ],
)
def test_git_restores_the_only_change_and_an_override_one_of_many(
    repository, old, new, key, had, override
):
    says = f"params.yaml: git's last commit has {had}; to go back: "
    assert after(old, new, key) == f"{says}git restore params.yaml"
    assert after(old, new, key, other=1) == f"{says}dvc exp run -S '{override}'"


def test_what_an_override_cannot_write_is_set_by_hand(repository):
    assert after("a b", "c", "name", other=1).endswith("to go back: set name in params.yaml")


def test_of_another_key_or_of_what_git_has_nothing_is_said(repository):
    assert after("- 0", "- 1", "lr") == ""
    assert way_back("params.yaml: lr = …", params.parse(COMMITTED)) == ""
    assert way_back("data/x is no file", {}) == ""


def test_without_git_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert after("lr:\nseeds", "lr: abc\nseeds", "lr") == ""
    monkeypatch.setenv("PATH", "")
    assert after("lr:\nseeds", "lr: abc\nseeds", "lr") == ""
