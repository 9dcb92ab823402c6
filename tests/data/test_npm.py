from pathlib import Path

import fake_npm
import pytest

from archbench.data import npm


def test_npm_packs_into_the_folder_and_runs_no_scripts(here: Path) -> None:
    fake_npm.install(here, 'echo "$@" > asked')
    npm.pack("some-package@1.2.3", here)
    asked = (here / "asked").read_text()
    assert asked == f"pack some-package@1.2.3 --pack-destination {here} --ignore-scripts\n"


def test_without_npm(here: Path) -> None:
    with pytest.raises(OSError, match=r"^npm is not installed$"):
        npm.pack("x@1", here)


@pytest.mark.parametrize("prefix", ["npm error", "npm ERR!"])
def test_its_error_becomes_one_line(here: Path, prefix: str) -> None:
    lines = ["npm warn old", f"{prefix} code ENOTFOUND", f"{prefix} syscall getaddrinfo", prefix]
    fake_npm.install(here, "".join(f"echo '{line}' >&2\n" for line in lines) + "exit 1")
    with pytest.raises(OSError, match=r"^npm pack x@1: code ENOTFOUND; syscall getaddrinfo$"):
        npm.pack("x@1", here)


def test_an_error_without_words(here: Path) -> None:
    fake_npm.install(here, "exit 7")
    with pytest.raises(OSError, match=r"^npm pack x@1: exit 7$"):
        npm.pack("x@1", here)


def test_it_is_not_waited_for_without_end(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_npm.install(here, f"exec {fake_npm.SLEEP} 60")
    monkeypatch.setattr(npm, "TIMEOUT", 0.2)
    with pytest.raises(OSError, match=r"took longer than 0\.2 s"):
        npm.pack("x@1", here)
