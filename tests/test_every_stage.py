"""No stage is forgotten: each runs the code beside it and ends with its dvc (stages/start.py)."""

import ast
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]


@pytest.mark.parametrize("name", STAGES)
def test_its_script_imports_start_before_all_else(name):
    body = ast.parse((ROOT / f"stages/{name}.py").read_text()).body
    first = next(node for node in body if isinstance(node, ast.Import | ast.ImportFrom))
    assert ast.unparse(first) == "import start"


@pytest.mark.parametrize("name", STAGES)
def test_it_depends_on_its_script_and_on_one_to_four_rooms(name):
    code = [path for path in STAGES[name]["deps"] if path.startswith(("src/", "stages/"))]
    scripts = [path for path in code if path.endswith(".py") and "/models/" not in path]
    assert scripts == [f"stages/{name}.py"]
    assert 1 <= len([path for path in code if path not in scripts]) <= 4


@pytest.mark.parametrize("name", STAGES)
def test_no_shell_stands_between_it_and_dvc(name):
    assert STAGES[name]["cmd"].split()[:3] == ["exec", "python", f"stages/{name}.py"]
