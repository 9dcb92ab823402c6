"""`dvc exp run -S` rewrites params.yaml: the way it is written must survive that.

A comment beside the key of a list does not: emptying the list would glue the lines together.
"""

import shutil
from pathlib import Path

import pytest
from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML

PARAMS = Path(__file__).parents[1] / "params.yaml"
OVERRIDES = {
    "lr=0.1": 0.1,
    "lr=0.00001": 1e-05,
    "lr=null": None,
    "epochs=3": 3,
    "data_directory=/some/where": "/some/where",
    "dataset=mnist": "mnist",
    "budget=full": "full",
    "precision=fp32": "fp32",
    "validation=0.1": 0.1,
    "seeds=[]": [],
    "seeds=[0,1,2]": [0, 1, 2],
    "architectures=[]": [],
    "architectures=[mlp,resnet18]": ["mlp", "resnet18"],
    "external={paper: resnet.json}": {"paper": "resnet.json"},
    "external=null": None,
    "budgets.quick.petaflop=0.2": 0.2,
    "budgets.quick.petaflop=0.000001": 1e-06,
    "budgets.quick.petaflop=null": None,
    "budgets.full.petaflop=9": 9,
    "recipes.tuned.mlp.lr=0.05": 0.05,
    "recipes.reference.resnet18.options.norm=group": "group",
    "recipes.reference.se_resnet.augmentation.flip=0": 0,
}


@pytest.mark.parametrize("override", OVERRIDES)
def test_an_override_changes_its_key_and_nothing_else(tmp_path, override):
    path = Path(shutil.copy(PARAMS, tmp_path))
    expected = YAML(typ="safe").load(path)
    *parents, key = override.split("=")[0].split(".")
    section = expected
    for parent in parents:
        section[parent] = section[parent] or {}
        section = section[parent]
    section[key] = OVERRIDES[override]
    apply_overrides(str(path), [override])
    assert YAML(typ="safe").load(path) == expected
