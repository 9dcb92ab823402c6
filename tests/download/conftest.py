from collections.abc import Callable, Iterator
from pathlib import Path

import flaky_server
import pytest
import tiny_data

from archbench.download import remote

PACKAGED = (tiny_data.cifar, tiny_data.mnist, tiny_data.fashion)


def named(make: Callable[[], tiny_data.Tiny]) -> str:
    return make.__name__


@pytest.fixture(params=[*PACKAGED, tiny_data.cifar100], ids=named)
def each(request: pytest.FixtureRequest) -> tiny_data.Tiny:
    tiny: tiny_data.Tiny = request.param()
    return tiny


@pytest.fixture(params=PACKAGED, ids=named)
def packaged(request: pytest.FixtureRequest) -> tiny_data.Tiny:
    """In a package too, and with known sums of its arrays."""
    tiny: tiny_data.Tiny = request.param()
    return tiny


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository's root with nothing in it; no npm, no apt, no pauses between tries."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(remote, "PAUSES", (0, 0, 0))
    return tmp_path


@pytest.fixture
def server() -> Iterator[flaky_server.Server]:
    with flaky_server.served() as state:
        yield state
