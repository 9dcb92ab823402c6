"""docs/faults.md, from results/faults.json: no figure in it is typed.

python benchmarks/faults_page.py
"""

from pathlib import Path
from typing import Any

import pandas as pd

from archbench.base import files
from archbench.report.markdown import table

PAGE = Path("docs/faults.md")
RESULTS = Path("results/faults.json")

INTRODUCTION = """# What a fault costs

Faults are put into a running pipeline, into its files and into what it is given, at random places
and times. A trial holds if nothing is lost and nothing false is used: the result is bit for bit
that of an undisturbed run, or a line says what is wrong. `make faults` repeats all of it,
`python benchmarks/faults kills` one kind, and `python benchmarks/faults kills --only 17` one trial:
each has a seed of its own. `benchmarks/faults_page.py` makes this page."""

KINDS = {
    "kills": "kill -9 at a random time, to dvc, the training or both, of three architectures: "
    "no process outlives dvc, and the next repro ends in the same weights",
    "signals": "SIGINT, SIGTERM and SIGHUP at a random time, to dvc alone or to all that it "
    "started: the same, and Ctrl-C shows no traceback",
    "locks": "dvc.lock cut off at a random byte: make repro mends it and ends in the same weights",
    "flips": "a flipped bit, junk, nothing or a folder in place of a checkpoint, of its checksum, "
    "of weights, of a run's record or of images, times kept: right bytes or a refusal",
    "disk": "a disk that fills up under a stage: files are old or whole, the line names the disk, "
    "and with room again the bytes are the same",
    "parameters": "a hostile value under every key of params.yaml, and files that are no "
    "parameters: refused in a line of less than 400 characters that names the key",
    "downloads": "servers, archives and registries that misbehave: the next source is used, or a "
    "refusal; what is written is right, and nothing half-written is left",
    "folders": "odd and hostile images, names and links among a user's own: used or refused, and "
    "with skip_bad left out",
    "queued": "the queue, --temp, worktrees and clones that share a venv, while the code is edited "
    "elsewhere: the code that runs is the copy's own",
}


def page(found: dict[str, Any]) -> str:
    parts = [INTRODUCTION, table(pd.DataFrame([summary(kind, found[kind]) for kind in found]))]
    if failures := [one | {"kind": kind} for kind in found for one in failed(found[kind])]:
        parts += ["## Trials that did not hold", *map(line, failures)]
    if skipped := [f"- {kind}: {row['skipped']}" for kind, row in found.items() if is_skipped(row)]:
        parts += ["## Not tried", *skipped]
    return "\n\n".join(parts) + "\n"


def summary(kind: str, row: dict[str, Any]) -> dict[str, str]:
    held = "not tried" if is_skipped(row) else f"{row['held']} of {row['trials']}"
    when = {"date": row["date"], "code": row["code"]}
    return {"fault": kind, "what happens": KINDS[kind], "held": held} | when


def is_skipped(row: dict[str, Any]) -> bool:
    return "skipped" in row


def failed(row: dict[str, Any]) -> list[dict[str, Any]]:
    failures: list[dict[str, Any]] = row.get("failures", [])
    return failures


def line(failure: dict[str, Any]) -> str:
    return "- {kind} {trial}, {what}: `{why}`".format(**failure).replace("\n", " ")


def main() -> None:
    files.write_text(PAGE, page(files.read_json(RESULTS)))


if __name__ == "__main__":
    main()
