"""Which code and which run a report is of.

Neither is a dependency of the stage: a report that need not run again keeps what it said.

python -m archbench.report.provenance     # prints what the report says, of dvc.lock as it is
"""

import hashlib
import json
import subprocess
from pathlib import Path

from ruamel.yaml import YAML

CODE = ("params.yaml", "dvc.yaml", "stages", "src")
OWN = "report"
"""The stage whose entry in dvc.lock is written after the report."""
UNKNOWN = "unknown"


def provenance() -> dict[str, str]:
    return {"revision": revision(), "dvc.lock": lock_digest()}


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


def lock_digest(lock: Path = Path("dvc.lock")) -> str:
    """Of code, parameters and data of every stage before the report: 12 digits of a SHA-256."""
    if not lock.is_file():
        return UNKNOWN
    stages = YAML(typ="safe").load(lock).get("stages", {})
    stages.pop(OWN, None)
    return hashlib.sha256(json.dumps(stages, sort_keys=True).encode()).hexdigest()[:12]


if __name__ == "__main__":
    for name, value in provenance().items():
        print(f"{name}: {value}")
