import hashlib
from pathlib import Path

import pytest
import tiny_data
from flaky_server import Server

from archbench.download import web
from archbench.download.catalogue import DATASETS
from archbench.download.dataset import Dataset

CONTENT = bytes(range(256)) * 1000
CHECKSUM = f"md5:{hashlib.md5(CONTENT).hexdigest()}"


@pytest.fixture
def path(here: Path) -> Path:
    return here / "file"


@pytest.mark.parametrize(
    "faults",
    [
        [],
        ["fail", "fail"],
        ["truncate", "fail"],
        ["truncate", "truncate"],
        ["unannounced"],  # a short answer that did not say how long it would be
    ],
)
def test_it_recovers(server: Server, path: Path, faults: list[str]) -> None:
    server.files, server.faults = {"file": CONTENT}, list(faults)
    web.fetch([server.url + "file"], path, CHECKSUM)
    assert path.read_bytes() == CONTENT
    assert len(server.asked) == len(faults) + 1


def test_it_is_quiet_without_a_terminal(
    server: Server, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    server.files = {"file": CONTENT}
    web.fetch([server.url + "file"], path, CHECKSUM)
    assert capfd.readouterr() == ("", "")


def test_the_second_mirror_serves_what_the_first_cannot(server: Server, path: Path) -> None:
    server.files = {"file": CONTENT}
    web.fetch([tiny_data.NOWHERE + "file", server.url + "file"], path, CHECKSUM)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        (["fail"] * 3, "HTTP Error 503"),
        (["truncate"] * 3, "ended after 128000 of 256000 bytes"),
        (["unannounced"] * 3, "md5 is .*, expected"),
    ],
)
def test_it_gives_up_in_one_line(
    server: Server, path: Path, faults: list[str], reason: str
) -> None:
    server.files, server.faults = {"file": CONTENT}, faults
    with pytest.raises(OSError, match=rf"^{server.url}file: .*{reason}.*$"):
        web.fetch([server.url + "file"], path, CHECKSUM)
    assert len(server.asked) == 3


def test_a_silent_server_is_given_up(
    server: Server, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "TIMEOUT", 0.1)
    server.files, server.faults = {"file": CONTENT}, ["hang"] * 3
    with pytest.raises(OSError, match="timed out"):
        web.fetch([server.url + "file"], path, CHECKSUM)


@pytest.mark.parametrize("fault", ["endless", "boast"])
def test_a_server_that_never_ends_is_cut_off(
    server: Server, path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Whether or not it says beforehand how much it has."""
    monkeypatch.setattr(web, "MOST", 1 << 20)
    server.files, server.faults = {"file": CONTENT}, [fault] * 3
    with pytest.raises(OSError, match=r"file: more than 1,048,576 bytes$"):
        web.fetch([server.url + "file"], path, CHECKSUM)
    assert path.stat().st_size <= 1 << 20


def test_a_server_that_drips_is_given_up_and_the_next_mirror_asked(
    server: Server, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "LONGEST", 0.5)
    server.files, server.faults = {"slow": CONTENT, "file": CONTENT}, ["drip"]
    web.fetch([server.url + "slow", server.url + "file"], path, CHECKSUM)
    assert path.read_bytes() == CONTENT
    server.faults = ["drip"] * 3
    with pytest.raises(OSError, match=r"file: took longer than 0\.5 s$"):
        web.fetch([server.url + "file"], path, CHECKSUM)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda dataset: dataset.name)
def test_every_archive_of_the_catalogue_fits(dataset: Dataset) -> None:
    """Packed, its members are no larger than unpacked."""
    assert sum(member.size for member in dataset.official.layout.members) < web.MOST


def test_every_mirror_answers_in_the_error(server: Server, path: Path) -> None:
    with pytest.raises(
        OSError, match=rf"{tiny_data.NOWHERE}file: .*refused; {server.url}file: .*404"
    ):
        web.fetch([tiny_data.NOWHERE + "file", server.url + "file"], path, CHECKSUM)
