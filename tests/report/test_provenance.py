"""Which code and which run a report is of."""

import subprocess

import pytest

from archbench.report import provenance

LOCK = "schema: '2.0'\nstages:\n  train:\n    md5: {train}\n  report:\n    md5: {report}\n"


@pytest.fixture
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


def git(*arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_revision_says_whether_code_has_changed_since(inside):
    git("init", "-q")
    for name in ("params.yaml", "notes.txt"):
        (inside / name).write_text("a: 1")
    git("add", ".")
    git("commit", "-qm", "all")
    head = git("rev-parse", "--short", "HEAD")
    (inside / "notes.txt").write_text("no code")
    assert provenance.revision() == head
    (inside / "src").mkdir()
    (inside / "src/new.py").touch()
    assert provenance.revision() == f"{head}+"
    (inside / "src/new.py").unlink()
    assert provenance.revision() == head
    (inside / "params.yaml").write_text("a: 2")
    assert provenance.revision() == f"{head}+"


def test_without_git_or_a_lock_it_is_unknown(inside, monkeypatch):
    assert provenance.provenance() == {"revision": "unknown", "dvc.lock": "unknown"}
    monkeypatch.setenv("PATH", "")
    assert provenance.revision() == "unknown"


def test_the_digest_is_of_every_stage_but_the_report(inside):
    def digest(**stages: str) -> str:
        (inside / "dvc.lock").write_text(LOCK.format(**stages))
        return provenance.lock_digest()

    assert digest(train="a", report="b") == digest(train="a", report="c")
    assert digest(train="a", report="b") != digest(train="b", report="b")


def test_the_digest_is_of_what_the_lock_says_not_of_how(inside):
    digests = set()
    for text in ("a:\n    x: 1\n  b:\n    y: 2\n", "b:\n    y: 2\n  a:\n    x: 1\n"):
        (inside / "dvc.lock").write_text(f"stages:\n  {text}")
        digests.add(provenance.lock_digest())
    (digest,) = digests
    assert len(digest) == 12


def test_a_lock_without_stages_has_a_digest(inside):
    (inside / "dvc.lock").write_text("schema: '2.0'\n")
    assert len(provenance.lock_digest()) == 12
