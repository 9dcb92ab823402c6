"""A disk that is full: files are old or whole, the line says why, and with room it goes on."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import stage
from flips import EPOCHS, LONG, NAME, made, must_end, stop
from project import Project
from trials import Skipped, Trial, chance, require

LEAST = 20
MEGABYTES = 16
TRIES = 20
STAGES = {"train": (NAME, "0"), "resumed": (NAME, "0"), "evaluate": (NAME,), "download": ()}
OUTS = {"train": ("models", "runs"), "evaluate": ("evaluation",), "download": ("train", "test")}
OLD = b"what was there before"
WORDS = ("No space left", "disk")


def trials(folder: Path) -> Iterator[Trial]:
    stage.warm(*LONG)
    project = Project(folder, EPOCHS)
    must_end(project.root, "train", "0")
    must_end(project.root, "evaluate")
    with small_disk(folder / "disk") as disk:
        for number in range(LEAST):
            name = list(STAGES)[number % len(STAGES)]
            attempt = partial(fill, project.root, disk, name, chance("disk", number))
            yield Trial(f"stage {name}", attempt)


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "none", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True)
    except OSError as error:
        raise Skipped(f"no small disk can be mounted here: {error}") from None
    if done.returncode:
        raise Skipped(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(whole: Path, disk: Path, name: str, random: random.Random) -> str:
    """Random room, of which less and less is tried until it does not suffice."""
    root, room = disk / "copy", 2**20
    for _ in range(TRIES):
        old = prepare(whole, root, name)
        room = int(random.random() * room)
        take_all_but(disk, room)
        script = "train" if name == "resumed" else name
        done = stage.run(root, script, *STAGES[name])
        (disk / "filler").unlink()
        if done.status:
            require_old_or_new(whole, root, old)
            check(whole, root, script, STAGES[name], done)
            return f"{room:,} bytes of room"
    raise AssertionError("there was always room")


def prepare(whole: Path, root: Path, name: str) -> list[Path]:
    """The copy's outs are old: DVC would have removed them, a user's own run has not."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(whole / "data", root / "data")
    shutil.copy(whole / "params.yaml", root)
    if name == "resumed":
        stage.run(root, "train", *STAGES[name], before=stop)
        require(list(root.glob(".resume/*/*.pt")), "there is no state to go on from")
    outs = OUTS["train" if name == "resumed" else name]
    found = (path for out in outs for path in (root / "data" / out).rglob("*"))
    old = [path for path in found if path.is_file()]
    for path in old:
        path.write_bytes(OLD)
    return old


def take_all_but(disk: Path, room: int) -> None:
    left = shutil.disk_usage(disk).free - room
    with (disk / "filler").open("wb") as filler:
        filler.write(bytes(max(0, left)))


def check(whole: Path, root: Path, name: str, arguments: tuple[str, ...], done: stage.Done) -> None:
    refusals = [line for line in done.output.splitlines() if any(word in line for word in WORDS)]
    require(stage.TRACEBACK not in done.output, f"traceback: {done.output[-200:]}")
    require(refusals, f"the disk is not mentioned: {done.output[-200:]}")
    require(done.status == 2, f"status {done.status}")
    again = stage.run(root, name, *arguments)
    require(again.status == 0, f"with room again: {again.output[-200:]}")
    if name != "download":
        require(made(root, name) == made(whole, name), "other bytes than without the fault")


def require_old_or_new(whole: Path, root: Path, old: list[Path]) -> None:
    """A run's record and curve have seconds in them: of those, the end must be there."""
    for path in old:
        require(path.exists(), f"{path.name} is gone")
        content = path.read_bytes()
        known = (OLD, (whole / path.relative_to(root)).read_bytes())
        timed = path.name in ("run.json", "curve.csv") and content.endswith(b"\n")
        require(content in known or timed, f"{path.name} is neither old nor new")
