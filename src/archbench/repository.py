"""Experiments and files of this repository's revisions, as DVC keeps them."""

from typing import Any

from dvc.api import DVCFileSystem
from dvc.repo import Repo

from archbench.base.errors import Refused


def experiments_of_head() -> dict[str, str]:
    """The commits of the experiments that began from git's last commit, by their names."""
    with Repo() as repo:
        listed = repo.experiments.ls(rev="HEAD")
    return {name: commit for each in listed.values() for name, commit in each}


def open_at(revision: str, path: str, stage: str) -> Any:
    """A file of a revision, opened to read bytes; `stage` is what makes it.

    Refused if there is no such revision, or if it lacks the file.
    """
    try:
        return DVCFileSystem(rev=revision).open(path, "rb")
    except FileNotFoundError:
        raise Refused(f"{revision}: has no {path}: run stage {stage} there") from None
    except Exception as error:  # DVC's own: an unknown revision, no repository
        raise Refused(f"{revision}: {' '.join(str(error).split())}") from None
