"""Put a whole dvc.lock in the place of a damaged one: `python -m archbench.lockfile`.

DVC writes dvc.lock in place. A Ctrl-C at that moment leaves half of it, and every later command
ends in "validation failed". What git has is whole; what was run since is in DVC's run cache.
"""

import subprocess
from pathlib import Path

from dvc.schema import COMPILED_LOCKFILE_SCHEMA
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from voluptuous import Invalid

LOCK = Path("dvc.lock")
REVISIONS = (":./dvc.lock", "HEAD:./dvc.lock")
"""The index, where DVC itself puts it (`autostage`), and the last commit."""


def repair() -> None:
    """Do nothing if DVC can read dvc.lock, or if there is none. Nothing is thrown away."""
    if not LOCK.exists() or is_valid(LOCK.read_bytes()):
        return
    aside = LOCK.rename(f"{LOCK}.damaged")
    for revision in REVISIONS:
        known = subprocess.run(["git", "show", revision], capture_output=True, check=False)
        if known.returncode == 0 and is_valid(known.stdout):
            LOCK.write_bytes(known.stdout)
            break
    outcome = "git's is in its place" if LOCK.exists() else "DVC begins a new one"
    print(f"{LOCK} was damaged and is now {aside}; {outcome}")


def is_valid(content: bytes) -> bool:
    """A value cut in half may still satisfy DVC's schema, so the last line must be whole too."""
    if not content.endswith(b"\n"):
        return False
    try:
        COMPILED_LOCKFILE_SCHEMA(YAML(typ="safe").load(content))
    except (Invalid, YAMLError, UnicodeError):
        return False
    return True


if __name__ == "__main__":
    repair()
