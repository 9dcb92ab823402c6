"""Stage people: what people took each test image for, if that is asked for."""

import start

import numpy as np

from archbench.base import errors, files, params, paths
from archbench.download.catalogue import CIFAR10
from archbench.people import cifar10h
from archbench.people.config import People


def main() -> None:
    wanted = params.read(People)
    labels = files.read_array(paths.TEST_LABELS)
    if wanted.human_labels:
        counts = cifar10h.load(wanted.data_directory)
        cifar10h.must_fit(counts, labels)
        print(f"{counts.sum():,} labels of {len(counts):,} test images by people, verified")
    else:
        counts = np.zeros((0, len(CIFAR10.classes)), int)
        print("human_labels is false: nothing is asked of people")
    files.write_table(paths.DATA / "people.csv", cifar10h.table(counts))


if __name__ == "__main__":
    errors.run(main)
