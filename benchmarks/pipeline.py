"""What the pipeline costs beside the training: a no-op `dvc repro`, and each stage's start.

    python benchmarks/pipeline.py [--whole NEW] [--within DONE]

Works in a reproduced copy of the project: DONE, or a clone that it makes and reproduces with
thirty-odd stages of next to no training. `--whole` first clones the project to NEW and times
`make repro` there, from the clone to the report, with installation and download.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import measure
from ruamel.yaml import YAML

STAGES = {  # but for download, whose time is the network's
    "check": (),
    "split": (),
    "train": ("mlp", "0"),
    "evaluate": ("mlp",),
    "compare": (),
    "explain": ("mlp",),
    "gallery": (),
    "report": (),
}
TINY = {
    "speednet": {"widths": [8, 8, 8]},
    "mlp": {"widths": [8]},
    "se_resnet": {"widths": [4, 8]},
    "stochastic_depth_resnet": {"widths": [4, 8]},
    "resnet18": {"widths": [4, 8]},
}


def run(*command: str, within: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=within, capture_output=True, text=True, check=True)


def seconds(*command: str, within: Path) -> float:
    started = time.perf_counter()
    run(*command, within=within)
    return time.perf_counter() - started


def clone(to: Path) -> Path:
    run("git", "clone", "--quiet", str(Path.cwd()), str(to), within=Path.cwd())
    return to


def make_many_small(root: Path) -> None:
    """Five architectures by five seeds: 35 stages."""
    yaml, path = YAML(), root / "params.yaml"
    params = yaml.load(path)
    params["architectures"], params["seeds"] = list(TINY), list(range(5))
    params["epochs"] = 1
    params["recipes"]["tuned"]["shared"]["train_images"] = 500
    for name, options in TINY.items():
        params["recipes"]["tuned"][name]["options"] = options
    yaml.dump(params, path)
    run("dvc", "repro", within=root)


def no_op(root: Path, rounds: int) -> dict[str, Any]:
    """Beside `dvc --version`, which is Python and DVC getting up."""
    taken: dict[str, list[float]] = {"repro": [], "--version": []}
    for _ in range(rounds):
        for command, times in taken.items():
            times.append(seconds("dvc", command, within=root))
    assert "Running stage" not in run("dvc", "repro", within=root).stdout
    stages = len(YAML(typ="safe").load(root / "dvc.lock")["stages"])
    repro, floor = (statistics.median(times) for times in taken.values())
    return {"what": f"no-op dvc repro, {stages} stages", "seconds": repro, "of which start": floor}


def stage(root: Path, name: str, arguments: tuple[str, ...], rounds: int) -> dict[str, Any]:
    """A stage's script, run again as it is; for the small `train`, nearly all is overhead."""
    command = (sys.executable, "-X", "importtime", f"stages/{name}.py", *arguments)
    imports = run(*command, within=root).stderr
    spent = sum(int(line) for line in re.findall(r"import time:\s+(\d+)", imports)) / 1e6
    script = (sys.executable, f"stages/{name}.py", *arguments)
    taken = [seconds(*script, within=root) for _ in range(rounds)]
    torch = re.search(r"\| +torch$", imports, re.MULTILINE) is not None
    return {
        "what": f"stage {name}",
        "seconds": statistics.median(taken),
        "of which imports": spent,
        "imports torch": torch,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--whole", type=Path)
    parser.add_argument("--within", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        if options.whole:
            taken = seconds("make", "repro", within=clone(options.whole))
            rows.append({"what": "make repro in a fresh clone", "seconds": taken})
        if not (root := options.within):
            make_many_small(root := clone(Path(temporary) / "small"))
        rows.append(no_op(root, options.rounds))
        rows += [stage(root, name, words, options.rounds) for name, words in STAGES.items()]
    measure.report("pipeline", measure.machine(), rows)


if __name__ == "__main__":
    main()
