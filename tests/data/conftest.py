from collections.abc import Iterator
from pathlib import Path

import flaky_server
import pytest
import tiny_data

from archbench.data import web


@pytest.fixture(params=[tiny_data.cifar, tiny_data.mnist], ids=["cifar", "mnist"])
def either(request: pytest.FixtureRequest) -> tiny_data.Tiny:
    tiny: tiny_data.Tiny = request.param()
    return tiny


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository's root with nothing in it; no npm, no pauses between tries."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(web, "PAUSES", (0, 0, 0))
    return tmp_path


@pytest.fixture
def server() -> Iterator[flaky_server.Server]:
    with flaky_server.served() as state:
        yield state
