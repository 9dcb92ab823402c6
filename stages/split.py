"""Stage split: fixes the indices of the training set that are trained on and held out."""

import start

from archbench.base import errors, files, params, paths
from archbench.split.config import Split
from archbench.split.splits import split


def main() -> None:
    wanted = params.read(Split)
    labels = files.read_array(paths.TRAIN_LABELS)
    train, validation = split(labels, wanted.validation, wanted.split_seed)
    files.write_array(paths.TRAIN_INDEX, train)
    files.write_array(paths.VALIDATION_INDEX, validation)
    print(f"{len(train):,} training and {len(validation):,} validation images")


if __name__ == "__main__":
    errors.run(main)
