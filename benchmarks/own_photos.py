"""The tutorial of one's own images, timed: from a folder to a report, and to a page that predicts.

    python benchmarks/own_photos.py FOLDER

FOLDER is as docs/tutorials/own-images.md says, at an absolute path. The figures in results/ are of
the 2,062 photos, 100 × 100 pixels, of github.com/ardamavi/Sign-Language-Digits-Dataset, its ten
folders under FOLDER/train. Works in a clone, with the packages that are installed here.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import measure
import pipeline

COMPARE = ("dataset=folder", "architectures=[speednet,se_resnet]")
ALONG = ("exports=[se_resnet]",)


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        root = pipeline.clone(Path(temporary) / "clone")
        rows = [
            timed("compare", root, *COMPARE, f"folder.path={folder}"),
            timed("take se_resnet along", root, *ALONG),
        ]
        rows += [trained(root, name) for name in ("speednet", "se_resnet")]
    measure.report("own_photos", measure.machine(), rows)


def timed(what: str, root: Path, *settings: str) -> dict[str, Any]:
    started = time.perf_counter()
    words = [word for setting in settings for word in ("-S", setting)]
    pipeline.run("dvc", "exp", "run", *words, within=root)
    return {"what": what, "seconds": time.perf_counter() - started}


def trained(root: Path, name: str) -> dict[str, Any]:
    run = json.loads((root / f"data/runs/{name}/0/run.json").read_text())
    numbers = json.loads((root / f"metrics/{name}.json").read_text())
    kept = ("epochs", "train_images", "validation_images", "train_petaflop", "threads")
    return {"what": name, "seconds": run["train_seconds"], "accuracy": numbers["accuracy"]} | {
        key: run[key] for key in kept
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    main(parser.parse_args().folder)
