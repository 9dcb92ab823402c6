from pathlib import Path

import fake_registry
import pytest
import tiny_data

from archbench.download import packages
from archbench.download.dataset import DebPackage, NpmPackage

LAYOUT = tiny_data.mnist().dataset.official.layout
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
NPM = NpmPackage(spec="some-package@1.2.3", sha256=EMPTY, layout=LAYOUT)
DEB = DebPackage(name="some-package", layout=LAYOUT)


def test_npm_packs_into_the_folder_and_runs_no_scripts(here: Path) -> None:
    fake_registry.install(here, 'echo "$@" > asked; : > "$4/some-package-1.2.3.tgz"')
    assert packages.fetch(NPM, here) == here / "some-package-1.2.3.tgz"
    asked = (here / "asked").read_text()
    assert asked == f"pack some-package@1.2.3 --pack-destination {here} --ignore-scripts\n"


def test_another_tarball_is_refused(here: Path) -> None:
    fake_registry.install(here, 'echo odd > "$4/some-package-1.2.3.tgz"')
    with pytest.raises(ValueError, match=r"^some-package-1\.2\.3\.tgz: sha256 is "):
        packages.fetch(NPM, here)


def test_apt_downloads_into_the_folder_whatever_the_version(here: Path) -> None:
    (folder := here / "folder").mkdir()
    fake_registry.install(here, 'echo "$@" > asked; : > some-package_7-1_all.deb', "apt-get")
    assert packages.fetch(DEB, folder) == folder / "some-package_7-1_all.deb"
    assert (folder / "asked").read_text() == "download some-package\n"


@pytest.mark.parametrize("package", [NPM, DEB], ids=["npm", "apt"])
def test_without_the_program(here: Path, package: NpmPackage | DebPackage) -> None:
    with pytest.raises(OSError, match=rf"^{package.command[0]} is not installed$"):
        packages.fetch(package, here)


@pytest.mark.parametrize("prefix", ["npm error", "npm ERR!"])
def test_npm_s_error_becomes_one_line(here: Path, prefix: str) -> None:
    lines = ["npm warn old", f"{prefix} code ENOTFOUND", f"{prefix} syscall getaddrinfo", prefix]
    fake_registry.install(here, "".join(f"echo '{line}' >&2\n" for line in lines) + "exit 1")
    with pytest.raises(
        OSError, match=r"^npm pack some-package@1\.2\.3: code ENOTFOUND; syscall getaddrinfo$"
    ):
        packages.fetch(NPM, here)


def test_apt_s_error_becomes_one_line(here: Path) -> None:
    script = "echo 'W: old' >&2; echo 'E: Unable to locate package some-package' >&2; exit 100"
    fake_registry.install(here, script, "apt-get")
    with pytest.raises(
        OSError, match=r"^apt-get download some-package: Unable to locate package some-package$"
    ):
        packages.fetch(DEB, here)


def test_an_error_without_words(here: Path) -> None:
    fake_registry.install(here, "exit 7")
    with pytest.raises(OSError, match=r": exit 7$"):
        packages.fetch(NPM, here)


def test_a_success_without_a_file(here: Path) -> None:
    fake_registry.install(here, "exit 0", "apt-get")
    with pytest.raises(OSError, match=r"saved no some-package_\*\.deb$"):
        packages.fetch(DEB, here)


def test_it_is_not_waited_for_without_end(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_registry.install(here, f"exec {fake_registry.SLEEP} 60")
    monkeypatch.setattr(packages, "TIMEOUT", 0.2)
    with pytest.raises(OSError, match=r"took longer than 0\.2 s"):
        packages.fetch(NPM, here)
