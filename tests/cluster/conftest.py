"""A small copy of the project in which nothing has run, with two seeds: four cells."""

import pytest
import workspace


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> workspace.Workspace:
    made = workspace.make(tmp_path_factory.mktemp("cluster"))
    made.change(lambda params: params.update(seeds=[0, 1]))
    workspace.commit(made, "two seeds")
    made.environment |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(made.root / "src")}
    return made
