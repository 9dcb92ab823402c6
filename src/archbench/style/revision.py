"""Which code a page is of."""

import subprocess

CODE = ("params.yaml", "dvc.yaml", "stages", "src")
UNKNOWN = "unknown"


def revision() -> str:
    """Git's, abbreviated, with `+` where code or parameters differ from it; or unknown."""
    head = _git("rev-parse", "--short", "HEAD")
    if head is None or head.returncode:
        return UNKNOWN
    changed = _git("status", "--porcelain", "--", *CODE)  # new files too: an architecture, say
    return head.stdout.strip() + ("+" if changed is None or changed.stdout else "")


def _git(*arguments: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
