"""How many small faults the tests notice: results/mutation.json, from what mutmut found.

    make mutants
    python benchmarks/mutation.py [--one-in N]

All of them take hours. With --one-in N those count whose names' digest is divisible by N, whatever
else was run. A fault that stops the tests or makes them hang is noticed; one that no test reaches
is not.
"""

import argparse
import hashlib
import re
import subprocess
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import measure

from archbench.base import errors
from archbench.base.errors import Refused

FOUND = re.compile(r"(archbench\.(\w+)\.\S+): (.+)")
NOTICED, UNNOTICED = ("killed", "timeout", "segfault"), ("survived", "no tests")


def count(results: str, one_in: int = 1) -> list[dict[str, Any]]:
    """A row for each part of the code, from the lines of `mutmut results --all true`."""
    lines = FOUND.findall(results)
    found = Counter((part, status) for name, part, status in lines if chosen(name, one_in))
    if unknown := {status for _, status in found} - {*NOTICED, *UNNOTICED}:
        raise Refused(f"mutmut results: {min(unknown)!r}: run `mutmut run` to its end")
    return [_row(part, found) for part in sorted({part for part, _ in found})]


def chosen(name: str, one_in: int) -> bool:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % one_in == 0


def _row(part: str, found: Counter[tuple[str, str]]) -> dict[str, Any]:
    counts = {status.replace(" ", "_"): found[part, status] for status in (*NOTICED, *UNNOTICED)}
    mutants = sum(counts.values())
    noticed = sum(found[part, status] for status in NOTICED)
    return {"part": part, "mutants": mutants, **counts, "score": noticed / mutants}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--one-in", type=int, default=1, metavar="N")
    one_in = parser.parse_args().one_in
    command = ["mutmut", "results", "--all", "true"]
    results = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    about = {"date": datetime.now(UTC).date().isoformat(), "mutmut": version("mutmut")}
    measure.report("mutation", about | {"one in": one_in}, count(results, one_in))


if __name__ == "__main__":
    errors.run(main)
