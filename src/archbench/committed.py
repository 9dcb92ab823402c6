"""What git's last commit has in params.yaml: a refused `dvc exp run -S` leaves its value there."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any

from archbench.base import params
from archbench.base.errors import Refused

ABSENT = object()
WORD = re.compile(r"[\w./-]+")


def way_back(refusal: str, values: dict[str, Any]) -> str:
    """One line on the refused key's committed value, or nothing where it has not changed.

    `git restore` would undo the user's other changes too, so it is advised where there are none.
    """
    named = re.match(rf"{re.escape(str(params.PARAMS))}: ([\w.]+)", refusal)
    changed = dict(_changes(values, _head() or values))
    for key, old in changed.items():
        if named and _related(key, named[1]):
            shown = "nothing" if old is ABSENT else params.shown(old)
            undo = "git restore params.yaml" if len(changed) == 1 else _override(key, old)
            return f"{params.PARAMS}: git's last commit has {key} = {shown}; to go back: {undo}"
    return ""


def _head() -> dict[str, Any] | None:
    """None without git, or without a commit that has the file."""
    try:
        shown = subprocess.run(
            ["git", "show", f"HEAD:./{params.PARAMS}"], capture_output=True, check=True, timeout=10
        )
        return params.parse(shown.stdout.decode())
    except (OSError, ValueError, subprocess.SubprocessError, Refused):
        return None


def _changes(now: Any, before: Any, within: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys of what differs, and what stood there; a list is one value."""
    for key in now.keys() | before.keys():
        new, old = now.get(key, ABSENT), before.get(key, ABSENT)
        if isinstance(new, dict) and isinstance(old, dict):
            yield from _changes(new, old, f"{within}{key}.")
        elif new != old or type(new) is not type(old):
            yield f"{within}{key}", old


def _related(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _override(key: str, old: Any) -> str:
    if old is ABSENT:
        return f"dvc exp run -S '~{key}'"
    if (value := _hydra(old)) is None:
        return f"set {key} in {params.PARAMS}"
    return f"dvc exp run -S '{key}={value}'"


def _hydra(value: Any) -> str | None:
    """As `-S` takes it; None where that would want quotes within quotes."""
    match value:
        case None:
            return "null"
        case bool() | int() | float():
            return str(value).lower()
        case str() if WORD.fullmatch(value):
            return value
        case list():
            parts = [_hydra(part) for part in value]
            return None if None in parts else f"[{','.join(map(str, parts))}]"
        case _:
            return None
