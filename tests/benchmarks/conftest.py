"""The benchmarks as modules, and studies that take no time."""

import importlib
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = ("accuracy", "keys", "mutation", "runs", "studies", "claims")


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return {name: importlib.import_module(name) for name in MODULES}


@pytest.fixture
def code(benchmarks, tmp_path, monkeypatch):
    """A copy of the code, to be edited; what runs is the code itself."""
    shutil.copytree(ROOT / "src", tmp_path / "code/src")
    shutil.copy(ROOT / "dvc.yaml", tmp_path / "code")
    monkeypatch.setattr(benchmarks["keys"], "ROOT", tmp_path / "code")
    return tmp_path / "code/src/archbench"


@pytest.fixture
def small(benchmarks, code, tmp_path, monkeypatch):
    """Two studies of noise, in a folder of their own."""
    accuracy, studies = benchmarks["accuracy"], benchmarks["studies"]
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    first = studies.tuned("mlp", epochs=2, batch_size=16)._replace(kept=True)
    begun = studies.tuned("mlp", {"init_from": "first.safetensors"}, epochs=2, batch_size=16)
    monkeypatch.setattr(studies, "STUDIES", {"first": first, "second": begun})
    monkeypatch.setattr(benchmarks["runs"], "load", lambda values, folder: accuracy.noise())
    return studies
