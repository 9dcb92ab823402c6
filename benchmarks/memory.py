"""How much memory each stage takes, and how much more as the images become more.

    python benchmarks/memory.py [--images N] [--times N ...] [--side PIXELS] [--architecture NAME]

In a clone of the project, on folders of generated pictures, every stage's script runs as DVC would
run it, with a small network and one epoch. What counts is anonymous memory, the sum over a stage's
process and its children: pages of memory-mapped files, which the resident size has too, are the
system's to take back. `start` is a process that imports what the stage does and stops there.
Linux only; the 40,000 pictures of the committed figures want 8 GB of disk below $TMPDIR.
"""

import argparse
import ast
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import measure
import numpy as np
import pipeline
from PIL import Image
from ruamel.yaml import YAML

ARCHITECTURE = "mlp"
STAGES = {  # in an order in which they can run; `{}` is the architecture
    "check": (),
    "images": (),
    "download": (),
    "split": (),
    "pretrained": (),
    "people": (),
    "external": (),
    "train": ("{}", "0"),
    "evaluate": ("{}",),
    "explain": ("{}",),
    "duplicates": (),
    "compare": (),
    "convert": ("{}",),
    "inference": (),
    "export": ("{}",),
    "gallery": (),
    "report": (),
}
PREDICT = "archbench predict"
CLASSES = 10
DETAIL = 8
"""Pixels of a generated picture that one drawn value is wide: as smooth as photographs."""
INTERVAL = 0.02
"""Seconds between two looks at a process."""
MEMORY = ("RssAnon", "VmRSS")


class Command(NamedTuple):
    name: str
    words: Sequence[str]
    imports: str
    """What the process imports, as Python."""


class Peak(NamedTuple):
    """In 10⁶ bytes; and seconds of processors."""

    anonymous: float
    resident: float
    cpu_seconds: float


def main(images: int, times: Sequence[int], side: int, architecture: str) -> None:
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        for factor in times:
            root, pictures = Path(temporary) / f"{factor}", Path(temporary) / f"{factor}-pictures"
            generate(pictures, factor * images, side)
            settle(pipeline.clone(root), pictures, side, architecture)
            rows += measured(root, commands(root, pictures, architecture), factor * images)
    about = measure.machine() | {"side": side, "architecture": architecture}
    measure.report("memory", about, rows)
    measure.show({}, growth(rows))


def generate(root: Path, images: int, side: int) -> None:
    """Smooth noise, no two alike, on its class's colour: JPEGs in train/<class>/."""
    random = np.random.default_rng(0)
    tints = random.integers(128, size=(CLASSES, 3))
    for label in range(CLASSES):
        (root / f"train/class{label}").mkdir(parents=True)
    for number in range(images):
        drawn = random.integers(128, size=(max(2, side // DETAIL),) * 2 + (3,))
        coarse = Image.fromarray((tints[number % CLASSES] + drawn).astype(np.uint8))
        picture = coarse.resize((side, side), Image.Resampling.BICUBIC)
        picture.save(root / f"train/class{number % CLASSES}/{number:06}.jpg", quality=90)


def settle(root: Path, pictures: Path, side: int, architecture: str) -> None:
    """Write params.yaml: the folder, one narrow network, one epoch, and all that can be asked."""
    yaml, path = YAML(), root / "params.yaml"
    params = yaml.load(path)
    params["dataset"] = "folder"
    params["folder"] |= {"path": str(pictures), "image_size": side}
    params["architectures"], params["exports"] = [architecture], [architecture]
    params["epochs"], params["robustness"] = 1, True
    params["budgets"][params["budget"]]["petaflop"] = None
    params["recipes"][params["recipe"]][architecture]["options"] = pipeline.TINY[architecture]
    yaml.dump(params, path)


def commands(root: Path, pictures: Path, architecture: str) -> Iterator[Command]:
    for name, arguments in STAGES.items():
        script = f"stages/{name}.py"
        words = (script, *(word.format(architecture) for word in arguments))
        yield Command(name, words, imports((root / script).read_text()))
    predict = "from archbench import cli; cli.main()"
    words = ("-c", f"import start; {predict}", "predict", "--model", architecture, str(pictures))
    yield Command(PREDICT, words, "import start\nimport archbench.predicting.command")


def imports(script: str) -> str:
    """The import statements of a Python file, wherever in it they stand."""
    found = [
        node
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    return "\n".join(map(ast.unparse, sorted(found, key=lambda node: node.lineno)))


def measured(root: Path, wanted: Iterable[Command], images: int) -> Iterator[dict[str, Any]]:
    for command in wanted:
        start, peak = started(command.imports, root), watch(command.words, root)
        row = {
            "stage": command.name,
            "images": images,
            "start_mb": round(start, 1),
            "peak_anonymous_mb": round(peak.anonymous, 1),
            "above_start_mb": round(peak.anonymous - start, 1),
            "peak_rss_mb": round(peak.resident, 1),
            "cpu_seconds": round(peak.cpu_seconds, 1),
        }
        print(*row.values(), flush=True)
        yield row


def started(statements: str, root: Path) -> float:
    """10⁶ bytes of anonymous memory after the imports."""
    code = f"{statements}\nprint(open('/proc/self/status').read())"
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=root, env=environment(root), stdout=subprocess.PIPE, text=True, check=True
    )
    return of_status(done.stdout)["RssAnon"]


def environment(root: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": f"{root / 'stages'}"}


def watch(words: Sequence[str], root: Path) -> Peak:
    """The command's peaks. Ends the benchmark with the command's own words if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    peaks = dict.fromkeys(MEMORY, 0.0)
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=root,
            env=environment(root),
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        while process.poll() is None:
            now = together(process.pid)
            peaks = {key: max(peaks[key], now[key]) for key in MEMORY}
            time.sleep(INTERVAL)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(words)}: {said.read()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Peak(peaks["RssAnon"], peaks["VmRSS"], seconds)


def together(process: int) -> dict[str, float]:
    """The sums over a process and all its children; one that has just ended counts nothing."""
    sums = dict.fromkeys(MEMORY, 0.0)
    for each in family(process):
        with suppress(OSError):
            found = of_status(Path(f"/proc/{each}/status").read_text())
            sums = {key: sums[key] + found.get(key, 0.0) for key in MEMORY}
    return sums


def family(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from family(int(child))


def of_status(text: str) -> dict[str, float]:
    """10⁶ bytes by name, of the lines of /proc/<process>/status that have kB."""
    lines = (line.split() for line in text.splitlines())
    return {
        words[0].rstrip(":"): int(words[1]) * 1024 / 1e6 for words in lines if words[2:] == ["kB"]
    }


def growth(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each stage: its peak anonymous memory by images, and kB that each further image takes."""
    stages: dict[str, dict[int, float]] = {}
    for row in rows:
        stages.setdefault(row["stage"], {})[row["images"]] = row["peak_anonymous_mb"]
    return [
        {
            "stage": name,
            **{f"{n:,}": mb for n, mb in by_images.items()},
            "kB/image": slope(by_images),
        }
        for name, by_images in stages.items()
    ]


def slope(by_images: dict[int, float]) -> float:
    """kB for each image between the two largest sizes; 0 of a single one.

    Of few images a batch or a sample is not full yet, which says nothing of many.
    """
    *_, few, many = sorted([min(by_images), *by_images])
    return 1000 * (by_images[many] - by_images[few]) / max(1, many - few)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--images", type=int, default=2500)
    parser.add_argument("--times", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--side", type=int, default=160)
    parser.add_argument("--architecture", default=ARCHITECTURE, choices=pipeline.TINY)
    asked = parser.parse_args()
    main(asked.images, asked.times, asked.side, asked.architecture)
