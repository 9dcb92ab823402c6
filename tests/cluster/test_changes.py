"""What a clone would lack is refused, and named; what stages write is not."""

import pytest
import tiny_pipeline
from tiny_pipeline import git

from archbench.base.errors import Refused
from archbench.cluster import changes

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:dvc.*")


@pytest.fixture
def root(tmp_path, monkeypatch):
    tiny_pipeline.make(tmp_path)
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "all")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_commit_has_all(root):
    changes.refuse()
    assert changes.head() == git(root, "rev-parse", "HEAD").strip()


def test_what_stages_write_may_differ(root):
    (root / "dvc.lock").write_text("schema: '2.0'\n")
    (root / ".gitignore").write_text("/copy\n")  # so the folder `out` is no longer ignored
    changes.refuse()


def test_every_file_is_named_new_ones_too(root):
    (root / "params.yaml").write_text("knob: 2\n")
    (root / "a file").touch()
    git(root, "mv", "source", "moved")
    with pytest.raises(Refused, match=r"^a file, moved, params.yaml, source: not as in git's last"):
        changes.refuse()


def test_of_many_files_five_are_named(root):
    for number in range(7):
        (root / f"new{number}").touch()
    with pytest.raises(Refused, match=r"^new0, new1, new2, new3, new4 and 2 more: not as"):
        changes.refuse()


def test_without_a_commit_there_is_nothing_to_clone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refused, match=r"^git: fatal: not a git repository"):
        changes.refuse()
