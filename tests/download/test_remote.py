import hashlib
from pathlib import Path

import fake_registry
import pytest
import tiny_data
from flaky_server import Server

from archbench.download import remote
from archbench.download.catalogue import DATASETS
from archbench.download.dataset import Dataset, DebPackage, NpmPackage

CONTENT = bytes(range(256)) * 1000
CHECKSUM = f"md5:{hashlib.md5(CONTENT).hexdigest()}"
LAYOUT = tiny_data.mnist().dataset.official.layout
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
NPM = NpmPackage(spec="some-package@1.2.3", sha256=EMPTY, layout=LAYOUT)
DEB = DebPackage(name="some-package", layout=LAYOUT)


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
    remote.fetch_file([server.url + "file"], path, CHECKSUM)
    assert path.read_bytes() == CONTENT
    assert len(server.asked) == len(faults) + 1


def test_it_is_quiet_without_a_terminal(
    server: Server, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    server.files = {"file": CONTENT}
    remote.fetch_file([server.url + "file"], path, CHECKSUM)
    assert capfd.readouterr() == ("", "")


def test_the_second_mirror_serves_what_the_first_cannot(server: Server, path: Path) -> None:
    server.files = {"file": CONTENT}
    remote.fetch_file([tiny_data.NOWHERE + "file", server.url + "file"], path, CHECKSUM)
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
        remote.fetch_file([server.url + "file"], path, CHECKSUM)
    assert len(server.asked) == 3


def test_a_silent_server_is_given_up(
    server: Server, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "SILENCE", 0.1)
    server.files, server.faults = {"file": CONTENT}, ["hang"] * 3
    with pytest.raises(OSError, match="timed out"):
        remote.fetch_file([server.url + "file"], path, CHECKSUM)


@pytest.mark.parametrize("fault", ["endless", "boast"])
def test_a_server_that_never_ends_is_cut_off(
    server: Server, path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Whether or not it says beforehand how much it has."""
    monkeypatch.setattr(remote, "MOST", 1 << 20)
    server.files, server.faults = {"file": CONTENT}, [fault] * 3
    with pytest.raises(OSError, match=r"file: more than 1,048,576 bytes$"):
        remote.fetch_file([server.url + "file"], path, CHECKSUM)
    assert path.stat().st_size <= 1 << 20


def test_a_server_that_drips_is_given_up_and_the_next_mirror_asked(
    server: Server, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "LONGEST", 0.5)
    server.files, server.faults = {"slow": CONTENT, "file": CONTENT}, ["drip"]
    remote.fetch_file([server.url + "slow", server.url + "file"], path, CHECKSUM)
    assert path.read_bytes() == CONTENT
    server.faults = ["drip"] * 3
    with pytest.raises(OSError, match=r"file: took longer than 0\.5 s$"):
        remote.fetch_file([server.url + "file"], path, CHECKSUM)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda dataset: dataset.name)
def test_every_archive_of_the_catalogue_fits(dataset: Dataset) -> None:
    """Packed, its members are no larger than unpacked."""
    assert sum(member.size for member in dataset.official.layout.members) < remote.MOST


def test_every_mirror_answers_in_the_error(server: Server, path: Path) -> None:
    with pytest.raises(
        OSError, match=rf"{tiny_data.NOWHERE}file: .*refused; {server.url}file: .*404"
    ):
        remote.fetch_file([tiny_data.NOWHERE + "file", server.url + "file"], path, CHECKSUM)


def test_npm_packs_into_the_folder_and_runs_no_scripts(here: Path) -> None:
    fake_registry.install(here, 'echo "$@" > asked; : > "$4/some-package-1.2.3.tgz"')
    assert remote.fetch_package(NPM, here) == here / "some-package-1.2.3.tgz"
    asked = (here / "asked").read_text()
    assert asked == f"pack some-package@1.2.3 --pack-destination {here} --ignore-scripts\n"


def test_another_tarball_is_refused(here: Path) -> None:
    fake_registry.install(here, 'echo odd > "$4/some-package-1.2.3.tgz"')
    with pytest.raises(ValueError, match=r"^some-package-1\.2\.3\.tgz: sha256 is "):
        remote.fetch_package(NPM, here)


def test_apt_downloads_into_the_folder_whatever_the_version(here: Path) -> None:
    (folder := here / "folder").mkdir()
    fake_registry.install(here, 'echo "$@" > asked; : > some-package_7-1_all.deb', "apt-get")
    assert remote.fetch_package(DEB, folder) == folder / "some-package_7-1_all.deb"
    assert (folder / "asked").read_text() == "download some-package\n"


@pytest.mark.parametrize("package", [NPM, DEB], ids=["npm", "apt"])
def test_without_the_program(here: Path, package: NpmPackage | DebPackage) -> None:
    with pytest.raises(OSError, match=rf"^{package.command[0]} is not installed$"):
        remote.fetch_package(package, here)


@pytest.mark.parametrize("prefix", ["npm error", "npm ERR!"])
def test_npm_s_error_becomes_one_line(here: Path, prefix: str) -> None:
    lines = ["npm warn old", f"{prefix} code ENOTFOUND", f"{prefix} syscall getaddrinfo", prefix]
    fake_registry.install(here, "".join(f"echo '{line}' >&2\n" for line in lines) + "exit 1")
    with pytest.raises(
        OSError, match=r"^npm pack some-package@1\.2\.3: code ENOTFOUND; syscall getaddrinfo$"
    ):
        remote.fetch_package(NPM, here)


def test_apt_s_error_becomes_one_line(here: Path) -> None:
    script = "echo 'W: old' >&2; echo 'E: Unable to locate package some-package' >&2; exit 100"
    fake_registry.install(here, script, "apt-get")
    with pytest.raises(
        OSError, match=r"^apt-get download some-package: Unable to locate package some-package$"
    ):
        remote.fetch_package(DEB, here)


def test_an_error_without_words(here: Path) -> None:
    fake_registry.install(here, "exit 7")
    with pytest.raises(OSError, match=r": exit 7$"):
        remote.fetch_package(NPM, here)


def test_a_success_without_a_file(here: Path) -> None:
    fake_registry.install(here, "exit 0", "apt-get")
    with pytest.raises(OSError, match=r"saved no some-package_\*\.deb$"):
        remote.fetch_package(DEB, here)


def test_it_is_not_waited_for_without_end(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_registry.install(here, f"exec {fake_registry.SLEEP} 60")
    monkeypatch.setattr(remote, "LONGEST", 0.2)
    with pytest.raises(OSError, match=r"took longer than 0\.2 s"):
        remote.fetch_package(NPM, here)
