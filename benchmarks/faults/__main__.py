"""Does a fault cost anyone a result? Each kind of fault is tried many times, at random.

    python benchmarks/faults [KIND …] [--only TRIAL]

Writes results/faults.json: of each kind how many trials held, which failed and why, and of which
code that is; kinds that were not asked for keep their row. With --only, one trial is repeated and
nothing is written. `benchmarks/faults_page.py` makes the page of it.
"""

import argparse
import subprocess
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from trials import ROOT, conduct

from archbench.base import files

RESULTS = Path("results/faults.json")
KINDS = (
    "kills",
    "flips",
    "signals",
    "queued",
    "locks",
    "folders",
    "downloads",
    "parameters",
    "disk",
)
"""The longest first: two run at a time."""
AT_A_TIME = 2


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--only", type=int, metavar="TRIAL")
    options = parser.parse_args()
    if unknown := set(options.kinds) - set(KINDS):
        parser.error(f"unknown: {', '.join(unknown)}; known are: {', '.join(KINDS)}")
    kinds = options.kinds or list(KINDS)
    if options.only is not None:
        print(conduct(kinds[0], options.only))
        return
    code = digest()
    with ProcessPoolExecutor(AT_A_TIME, get_context("spawn"), max_tasks_per_child=1) as pool:
        rows: dict[Future[Any], str] = {pool.submit(conduct, kind): kind for kind in kinds}
        for done in as_completed(rows):
            write(rows[done], done.result() | {"code": code, "revision": revision()})


def write(kind: str, row: dict[str, Any]) -> None:
    print(f"{kind}: {row.get('skipped') or '{held} of {trials}, {seconds} s'.format(**row)}")
    known = files.read_json(RESULTS) if RESULTS.exists() else {}
    known[kind] = row
    files.write_json(RESULTS, {name: known[name] for name in KINDS if name in known})


def digest() -> str:
    """Of everything that is put to the test."""
    import keys

    paths = ["src/archbench", "stages", "dvc.yaml", "Makefile"]
    return str(keys.digest(keys.digests(paths)))


def revision() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
