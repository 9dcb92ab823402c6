"""Stage explain: one architecture's first seed → nearest training images, Grad-CAMs, a control."""

import start

import sys
from pathlib import Path

from archbench.base import errors, files, params
from archbench.base.params import Seeds

DATA = Path("data")


def main(architecture: str) -> None:
    seed = params.read(Seeds).seeds[0]
    from archbench.explaining import explain  # torch: after the parameters
    from archbench.networks import classifier, weights

    about = files.read_json(DATA / "dataset.json")
    run = files.read_record(DATA / f"runs/{architecture}/{seed}/run.json")
    names = ("train/images", "split/train", "test/images")
    train, order, test = (files.read_array(DATA / f"{name}.npy") for name in names)
    best = DATA / f"models/{architecture}/{seed}/best.safetensors"
    for file in ("train/images.npy", "test/images.npy"):
        files.verify(DATA / file, about["sha256"][file])
    files.verify(best, run["weights"][best.name])
    model = classifier.rebuild(run, about)
    weights.load(model, best)
    found = explain.explain(model, run, train, order, test)
    out = DATA / "explanations" / architecture
    for name, array in found.arrays.items():
        files.write_array(out / f"{name}.npy", array)
    files.write_json(out / "explanation.json", found.about)


if __name__ == "__main__":
    errors.run(main, *sys.argv[1:])
