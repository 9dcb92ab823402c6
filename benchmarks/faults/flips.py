"""Flipped bits, junk and folders in a run's files, times kept: never used silently.

The stage that reads them ends in the right bytes or in a refusal.
"""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import stage
from project import MADE, Project
from trials import Trial, chance, require

LEAST = 220
NAME = "mlp"
LONG = ("training.loop", "training.run", "training.tracking", "evaluation.evaluate",
        "evaluation.corruptions", "evaluation.scores", "explaining.explain")  # fmt: skip
"""Modules that take seconds to import."""
EPOCHS, KILLED_AFTER = 6, 3
READ = {
    "state": ("train", ".resume/*/epoch-*"),
    "weights": ("evaluate", f"data/models/{NAME}/0/best.safetensors"),
    "explained weights": ("explain", f"data/models/{NAME}/0/best.safetensors"),
    "record": ("evaluate", f"data/runs/{NAME}/0/run.json"),
    "images": ("evaluate", "data/test/*.npy"),
}
"""Which stage reads which files."""
PLAN = ["state"] * 5 + ["weights"] * 2 + ["explained weights", "record", "record", "images"]
KINDS = ("bit", "bit", "bit", "bit", "junk", "cut", "empty", "gone", "folder", "full folder")

Made = dict[str, bytes]


def trials(folder: Path) -> Iterator[Trial]:
    stage.warm(*LONG)
    project = Project(folder, EPOCHS)
    root, before = project.root, folder / "before"
    expected = {name: train_and_keep(root, name, before) for name in ("train",)}
    for name in ("evaluate", "explain"):
        expected[name] = must_end(root, name)
    for number in range(LEAST):
        chosen = chance("flips", number)
        what, kind = PLAN[number % len(PLAN)], chosen.choice(KINDS)
        name = READ[what][0]
        spoil = partial(damage_one, READ[what][1], kind, chosen)
        yield Trial(f"{kind}: {what}", partial(read, root, before, name, spoil, expected[name]))


def train_and_keep(root: Path, name: str, before: Path) -> Made:
    """The weights; `before` has what a killed run left, and beside it the ended run."""
    stage.run(root, name, NAME, "0", before=stop)
    shutil.copytree(root / ".resume", before / ".resume")
    shutil.rmtree(root / ".resume")
    expected = must_end(root, name, "0")
    shutil.copytree(root / "data", before / "data")
    return expected


def stop() -> None:
    """As kill -9 right after the state was saved."""
    from archbench.training import checkpoint

    save = checkpoint.save

    def save_and_end(directory: Path, epoch: int, state: dict) -> None:
        save(directory, epoch, state)
        if epoch == KILLED_AFTER:
            os._exit(9)

    checkpoint.save = save_and_end


def must_end(root: Path, name: str, *arguments: str) -> Made:
    done = stage.run(root, name, NAME, *arguments)
    require(done.status == 0, done.output[-300:])
    return made(root, name)


def made(root: Path, name: str) -> Made:
    """A run's record has seconds in it, so its weights stand for it."""
    out = {"train": "models", "evaluate": "evaluation", "explain": "explanations"}[name]
    files = (path for path in sorted((root / "data" / out / NAME).rglob("*")) if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def read(
    root: Path, before: Path, name: str, spoil: Callable[[Path], str], expected: Made
) -> str | None:
    restore(root, before, name)
    where = spoil(root)
    done = stage.run(root, name, NAME, *(["0"] if name == "train" else []))
    if done.status == 0:
        require(made(root, name) == expected, f"{where} was used silently")
    else:
        stage.require_refusal(done)
    return None


def restore(root: Path, before: Path, name: str) -> None:
    """Training goes on from the killed run's state; the others read the ended run."""
    shutil.rmtree(root / "data")
    shutil.rmtree(root / ".resume", ignore_errors=True)
    shutil.copytree(before / "data", root / "data")
    if name == "train":
        shutil.copytree(before / ".resume", root / ".resume")
        for place in MADE:
            shutil.rmtree(root / place, ignore_errors=True)


def damage_one(pattern: str, kind: str, random: random.Random, root: Path) -> str:
    path = random.choice(sorted(root.glob(pattern)))
    damage(path, kind, random)
    return str(path.relative_to(root))


def damage(path: Path, kind: str, random: random.Random) -> None:
    """Size and times stay where the kind allows it: DVC sees no change then."""
    content, times = bytearray(path.read_bytes()), path.stat()
    path.unlink()
    match kind:
        case "bit":
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
            path.write_bytes(content)
        case "junk":
            path.write_bytes(random.randbytes(len(content)))
        case "cut":
            path.write_bytes(content[: random.randrange(1, len(content))])
        case "empty":
            path.touch()
        case "folder":
            path.mkdir()
        case "full folder":
            path.mkdir()
            (path / path.name).write_bytes(content)
    if path.exists():
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
