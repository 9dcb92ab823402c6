"""Digests of the code that decides a study's result: the files that dvc.yaml gives the stages.

tests/pipeline/test_graph.py holds those lists to what training and evaluation really import, so
there is no second list to forget a file in.
"""

import hashlib
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import archbench
from archbench.base import files

ROOT = Path(archbench.__file__).parents[2]
"""Of the code that is imported, wherever the command was started."""
SPLIT = "src/archbench/split/splits.py"
"""A study splits its images itself, where stage train reads what stage split wrote."""


def training_code(architecture: str) -> dict[str, str]:
    """sha256 by path. Other architectures' files are not among them."""
    paths = [path.replace("${item.architecture}", architecture) for path in dependencies("train")]
    return digests([*paths, SPLIT])


def revision(architecture: str) -> str:
    """The last commit that changed the training's code; `changed` if the code is not committed."""
    paths = list(training_code(architecture))
    if git("status", "--porcelain", "--", *paths):
        return "changed"
    return git("log", "-1", "--format=%h", "--abbrev=10", "--", *paths)


def git(*arguments: str) -> str:
    """Its output; empty outside a repository."""
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def evaluation_code() -> dict[str, str]:
    """What stage evaluate imports beyond training: it makes a row from predictions."""
    trained = dependencies("train")
    return digests(path for path in dependencies("evaluate") if path not in trained)


def dependencies(stage: str) -> list[str]:
    """Files and folders of the library, as dvc.yaml writes them."""
    stages = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
    return [path for path in stages[stage]["deps"] if path.startswith("src/")]


def digests(paths: Iterable[str]) -> dict[str, str]:
    found = [file for path in paths for file in modules(ROOT / path)]
    return {str(file.relative_to(ROOT)): files.sha256(file) for file in found}


def modules(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def digest(value: Any) -> str:
    """64 bits of what JSON can hold."""
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
