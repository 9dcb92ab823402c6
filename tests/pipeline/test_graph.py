"""dvc.yaml says what each stage reads: no more, and above all no less.

Every stage of the first run noted what it imported, opened and asked of params.yaml
(`trace/sitecustomize.py`). A dependency that is missing in dvc.yaml would leave a stale cache.
"""

import ast
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from test_repro import STAGES
from workspace import ROOT

CODE = ("src/", "stages/")
DOCSTRINGS = {"src/archbench/__init__.py", "src/archbench/models/__init__.py"}
NO_RESULT = DOCSTRINGS | {"stages/start.py"}
"""What no stage depends on. `start.py` says which code a stage runs and how it ends with dvc."""
DATA = ("data", "metrics", "plots", "report", "params.yaml")
FINGERPRINTS = {"data/images.sha256", "data/origins/mlp", "data/origins/se_resnet"}
UNREAD = {"data/checked", "data/folder/", "data/pretrained", "data/external"} | FINGERPRINTS
"""A params.yaml that holds, and fingerprints: depended on, not read. And images of the user's own,
which are read for `dataset: folder`, weights, for `init_from`, and predictions, for `external`."""


@dataclass
class Stage:
    roots: tuple[Path, Path]
    """The project, and what was taken out of it after its first run."""
    locked: dict
    noted: dict

    def declared(self, kind: str, within: str | tuple[str, ...]) -> set[str]:
        """The files that dvc.lock names, folders as the files in them."""
        paths = {
            entry["path"] for entry in self.locked.get(kind, []) if entry["path"] not in UNREAD
        }
        return {file for path in paths if path.startswith(within) for file in self.expand(path)}

    def expand(self, path: str) -> list[str]:
        files = [
            str(found.relative_to(root))
            for root in self.roots
            for found in (root / path).rglob("*")
            if found.is_file()
        ] or [path]
        return [file for file in files if "__pycache__" not in file]

    def used(self, within: str | tuple[str, ...]) -> set[str]:
        """The project's files that were opened or imported; compiled or not, a module is one."""
        paths = {*self.noted["modules"], *self.noted["reads"]}
        ours = {path for path in paths if path.startswith(within) and "__pycache__" not in path}
        return {path for path in ours if any((root / path).is_file() for root in self.roots)}


def load(root: Path, traces: Path, name: str) -> Stage:
    locked = YAML(typ="safe").load(traces / "dvc.lock")["stages"][name]
    return Stage((root, traces), locked, json.loads((traces / f"{name}.json").read_text()))


@pytest.fixture(params=STAGES)
def stage(request, first_run, traces):
    return load(first_run[0].root, traces, request.param)


def test_no_code_is_missing(stage):
    assert stage.used(CODE) - NO_RESULT <= stage.declared("deps", CODE)


def test_no_code_is_too_much(stage):
    """Each file and each folder that a stage depends on has something that the stage uses."""
    for dependency in stage.locked["deps"]:
        if dependency["path"].startswith(CODE):
            assert stage.used(CODE) & set(stage.expand(dependency["path"])), dependency["path"]


def test_what_no_stage_depends_on_is_a_docstring():
    for path in DOCSTRINGS:
        (only,) = ast.parse((ROOT / path).read_text()).body
        assert isinstance(only, ast.Expr)
        assert isinstance(only.value, ast.Constant)


def test_data(stage):
    """Weights are opened outside Python, where nothing is noted."""
    declared, made = stage.declared("deps", DATA), stage.declared("outs", DATA)
    used = stage.used(DATA) - made - {"params.yaml"}
    assert used <= declared
    for dependency in stage.locked["deps"]:
        files = set(stage.expand(dependency["path"]))
        if files & declared and not all(file.endswith(".safetensors") for file in files):
            assert files & stage.used(DATA), f"{dependency['path']} is never read"


def test_params(stage):
    declared = stage.locked.get("params", {}).get("params.yaml", {})
    assert sorted(declared) == stage.noted["params"]


def test_training_never_opens_the_test_images(first_run, traces):
    trained = [name for name in STAGES if name.startswith("train")]
    assert trained
    for name in trained:
        read = load(first_run[0].root, traces, name).used("data/")
        assert "data/train/images.npy" in read
        assert not [path for path in read if "test" in path]
