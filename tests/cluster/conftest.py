"""A small copy of the project in which nothing has run, with two seeds: four cells.

Of what follows training it keeps `evaluate`, which shows whether the rest is run.
"""

import os

import pytest
import workspace
from ruamel.yaml import YAML

DROPPED = ("duplicates", "people", "compare", "convert", "inference", "export", "explain")
PAGES = ("external", "gallery", "report")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> workspace.Workspace:
    made = workspace.make(tmp_path_factory.mktemp("cluster"))
    made.change(lambda params: params.update(seeds=[0, 1]))
    yaml, path = YAML(), made.root / "dvc.yaml"
    graph = yaml.load(path)
    for stage in (*DROPPED, *PAGES):
        del graph["stages"][stage]
    yaml.dump(graph, path)
    workspace.commit(made, "two seeds")
    source = f"{made.root / 'src'}:{os.environ.get('PYTHONPATH', '')}"
    made.environment |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": source}
    return made
