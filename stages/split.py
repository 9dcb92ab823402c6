"""Stage split: fixes the indices of the training set that are trained on and held out."""

import start

from pathlib import Path

from archbench.base import errors, files, params
from archbench.split.config import Split
from archbench.split.splits import split

DATA = Path("data")


def main() -> None:
    wanted = params.read(Split)
    labels = files.read_array(DATA / "train" / "labels.npy")
    train, validation = split(labels, wanted.validation, wanted.split_seed)
    files.write_array(DATA / "split" / "train.npy", train)
    files.write_array(DATA / "split" / "validation.npy", validation)
    print(f"{len(train)} training and {len(validation)} validation images")


if __name__ == "__main__":
    errors.run(main)
