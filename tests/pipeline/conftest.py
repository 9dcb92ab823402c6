"""One small copy of the project that has run from the real download to the report."""

import shutil
from pathlib import Path

import pytest
import workspace


@pytest.fixture(scope="session")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each stage of the first run imported and read: one JSON file per stage."""
    return tmp_path_factory.mktemp("traces")


@pytest.fixture(scope="session")
def first_run(
    tmp_path_factory: pytest.TempPathFactory, traces: Path
) -> tuple[workspace.Workspace, workspace.Done]:
    made = workspace.make(tmp_path_factory.mktemp("project"))
    made.environment["STAGE_TRACE"] = str(traces)
    made.replace("params.yaml", "exports: []", "exports: [mlp]")
    done = made.run("dvc", "repro")
    shutil.copy(made.root / "dvc.lock", traces)
    del made.environment["STAGE_TRACE"]
    shutil.move(made.root / "data/converted/mlp", traces / "data/converted/mlp")
    leave_exports_out(made)
    workspace.commit(made, "the first run")
    return made, done


def leave_exports_out(made: workspace.Workspace) -> None:
    """Every later test would convert a network, which takes longer than to train it."""
    made.replace("params.yaml", "exports: [mlp]", "exports: []")
    made.run("dvc", "repro")


@pytest.fixture
def project(first_run: tuple[workspace.Workspace, workspace.Done]):
    """The copy as the first run left it; what a test changes is put back."""
    made, _ = first_run
    yield made
    (made.root / ".dvc/tmp/rwlock").unlink(missing_ok=True)  # names a killed dvc
    made.run("git", "checkout", "--quiet", "--force", "HEAD")
    made.run("git", "clean", "--quiet", "--force", "-d")
    made.run("dvc", "checkout", "--force")
