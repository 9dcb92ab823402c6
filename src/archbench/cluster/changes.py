"""What differs from git's last commit, which is what a clone has."""

import subprocess
from pathlib import Path

from dvc.repo import Repo

from archbench.base.errors import Refused

NAMED = 5
"""So many files stand in a refusal."""


def head() -> str:
    """The last commit's full name. Refused where there is none."""
    return _git("rev-parse", "--verify", "HEAD").strip()


def refuse() -> None:
    """Refused if a file has changes that a clone would lack.

    What the stages write may differ, dvc.lock included, and so may the files that tell git not to
    keep it: cells depend on none of them.
    """
    status = _git("status", "--porcelain", "--no-renames", "--untracked-files=all", "-z")
    changed = sorted(entry[3:] for entry in status.split("\0") if entry)
    changed = [file for file in changed if Path(file).name not in ("dvc.lock", ".gitignore")]
    if changed:
        with Repo() as repo:
            written = {out.def_path for out in repo.index.outs}
        changed = [file for file in changed if not _within(file, written)]
    if changed:
        more = f" and {len(changed) - NAMED} more" if changed[NAMED:] else ""
        raise Refused(
            f"{', '.join(changed[:NAMED])}{more}: not as in git's last commit, of which each cell "
            "gets a clone: commit first"
        )


def _within(file: str, folders: set[str]) -> bool:
    return any(Path(file).is_relative_to(folder) for folder in folders)


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"git: {' '.join(done.stderr.split())}")
    return done.stdout
