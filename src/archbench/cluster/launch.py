"""Train every cell that the run cache lacks, each where Ray has room, and end with `dvc repro`.

What needs no training runs here first. Each cell is trained in a clone of its own, so that cells
do not wait for one another's DVC; afterwards all are merged into dvc.lock at once. Where a cell is
trained, and beside how many others, changes no result; the number of its threads does.
"""

import fcntl
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from archbench.base.errors import Refused
from archbench.cluster import cells, changes, clones, elsewhere, engine
from archbench.cluster.progress import Progress, Screen
from archbench.cluster.worker import Work


def main(
    address: str | None,
    workers: int | None,
    gpus_per_cell: float | None,
    cpus_per_cell: int,
    resume: Path | None,
) -> None:
    _refuse_few("workers", workers)
    _refuse_few("cpus-per-cell", cpus_per_cell)
    if gpus_per_cell is not None and gpus_per_cell < 0:
        raise Refused(f"--gpus-per-cell {gpus_per_cell:g}: should be 0 or more")
    engine.must_be_installed()
    changes.refuse()
    commit = changes.head()
    with _quietly_interrupted(), _marked(commit) as mark, engine.connected(address):
        gpus = engine.gpus_of(gpus_per_cell)
        engine.refuse_too_large(cpus_per_cell, gpus)
        work = Work(
            root=Path.cwd(),
            mark=mark,
            commit=commit,
            threads=cpus_per_cell,
            gpus=gpus,
            resume=resume and resume.resolve(),
        )
        apart = not engine.all_see(mark, commit)
        if apart:
            elsewhere.refuse_what_stays_here()
        _run("dvc", "repro", *cells.independent())
        had, lacking = cells.recover(pull=apart)
        print(f"{len(had)} of {len(had) + len(lacking)} cells are trained already", flush=True)
        if apart and lacking:
            work = elsewhere.portable(work, lacking)
            _run("dvc", "push", *work.inputs)
        failed = train(work, lacking, workers)
        if lacking:
            _, lost = cells.recover(pull=apart)
            failed = {cell: (1, ["the cache lacks its weights"]) for cell in lost} | failed
    if failed:
        report(failed, len(lacking))
        raise SystemExit(1)
    if lacking:
        _run("archbench.cluster.rest")
    _run("dvc", "repro")


def train(work: Work, lacking: list[str], workers: int | None) -> dict[str, tuple[int, list[str]]]:
    """Exit status and last lines of each cell that failed."""
    progress, screen = Progress(len(lacking)), Screen(sys.stdout)
    failed = {}
    with closing(engine.run(work, lacking, workers)) as events:
        for cell, news in events:
            now = time.monotonic()
            if isinstance(news, str):
                progress.hear(cell, news, now)
            else:
                progress.end(cell, news[0] == 0, now)
                if news[0]:
                    failed[cell] = news
            screen.show(progress.lines(now))
    return failed


def report(failed: dict[str, tuple[int, list[str]]], count: int) -> None:
    """The failed cells come last, since what scrolled by is not read."""
    for cell, (status, tail) in failed.items():
        print(f"\n{cell} failed with status {status}:", file=sys.stderr)
        print(*(f"  {line}" for line in tail), sep="\n", file=sys.stderr)
    print(
        f"\n{len(failed)} of {count} cells failed: {', '.join(failed)}; the others are kept, "
        "and the same command goes on with those that are left",
        file=sys.stderr,
    )


@contextmanager
def _marked(commit: str) -> Iterator[Path]:
    """A file by which a node knows this very folder, locked: one launch at a time."""
    mark = Path.cwd() / clones.PLACE / "launched"
    mark.parent.mkdir(parents=True, exist_ok=True)
    with mark.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"{Path.cwd()}: another `archbench launch` runs in this folder") from None
        mark.write_text(commit)
        try:
            yield mark
        finally:
            shutil.rmtree(mark.parent, ignore_errors=True)  # and what killed workers left


@contextmanager
def _quietly_interrupted() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        print("\ninterrupted: nothing runs any more; the same command goes on", file=sys.stderr)
        raise SystemExit(130) from None


def _run(*module: str) -> None:
    """A module of this interpreter, whose output is the user's to see."""
    process = subprocess.Popen([sys.executable, "-m", *module])
    while (status := process.poll()) is None:
        with suppress(KeyboardInterrupt):  # dvc has it too, and ends when dvc.lock is whole
            status = process.wait()
    if status:
        raise SystemExit(status)


def _refuse_few(option: str, value: int | None) -> None:
    if value is not None and value < 1:
        raise Refused(f"--{option} {value}: should be at least 1")
