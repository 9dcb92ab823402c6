"""A trial is one fault and what must come of it; a kind of fault is a module that lists its trials.

Such a module has LEAST, the number of trials that the series promises, and `trials(folder)`, which
yields them in a fixed order. A trial draws from a generator of its own, so that each can be
repeated alone: `python benchmarks/faults kills --only 17`.
"""

import importlib
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT / place) for place in ("benchmarks", "tests/pipeline", "tests/download")]

os.environ["OMP_NUM_THREADS"] = "1"  # the count of threads decides the last bits
LONGEST = 300
"""Characters kept of why a trial failed."""


class Trial(NamedTuple):
    what: str
    attempt: Callable[[], str | None]
    """AssertionError if the outcome is wrong; a word to keep in the results, if there is one."""


class Skipped(Exception):
    """Says why this machine cannot make such faults."""


def chance(kind: str, number: int) -> random.Random:
    return random.Random(f"{kind} {number}")


def require(holds: object, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


def conduct(kind: str, only: int | None = None) -> dict[str, Any]:
    """One kind's row of the results; with `only`, of that one trial."""
    module = importlib.import_module(kind)
    started, failures, notes, count = time.monotonic(), [], [], 0
    row: dict[str, Any] = {"least": module.LEAST, "date": datetime.now(UTC).date().isoformat()}
    with TemporaryDirectory(prefix=f"faults-{kind}-") as name:
        try:
            with closing(module.trials(Path(name).resolve())) as trials:
                for number, trial in enumerate(trials):
                    if only in (None, number):
                        count += 1
                        why, note = outcome(trial)
                        entry = {"trial": number, "what": trial.what}
                        if why:
                            failures.append(entry | {"why": why})
                            print(f"{kind} {number}: {trial.what}: {why}", flush=True)
                        if note:
                            notes.append(entry | {"note": note})
        except Skipped as reason:
            return row | {"skipped": str(reason)}
        except Exception as failure:  # the other kinds go on
            why = said(failure)
            failures.append({"trial": count, "what": "what the trials need", "why": why})
            count += 1
            print(f"{kind}: {why}", flush=True)
    row |= {"trials": count, "held": count - len(failures)}
    return row | {
        "seconds": round(time.monotonic() - started),
        "failures": failures,
        "notes": notes,
    }


def outcome(trial: Trial) -> tuple[str | None, str | None]:
    """Why it failed, if it did, and what it has to say."""
    try:
        return None, trial.attempt()
    except Exception as failure:  # whatever goes wrong, the trial has not held
        return said(failure), None


def said(failure: Exception) -> str:
    name = "" if isinstance(failure, AssertionError) else f"{type(failure).__name__}: "
    line = name + " ".join(str(failure).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"
