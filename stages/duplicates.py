"""Stage duplicates: the test images whose photograph is among the training images too."""

import start

from archbench.base import errors, files, paths
from archbench.base.records import DatasetRecord
from archbench.duplicates import search

ARRAYS = (paths.TRAIN_IMAGES, paths.TRAIN_LABELS, paths.TEST_IMAGES, paths.TEST_LABELS)


def main() -> None:
    mirrorable = DatasetRecord.read(paths.DATASET).mirrorable
    train_images, train_labels, test_images, test_labels = map(files.read_array, ARRAYS)
    table = search.find(train_images, train_labels, test_images, test_labels, mirrorable)
    files.write_table(paths.DUPLICATES, table)
    copies, images = table["duplicate"].sum(), len(table)
    print(f"{copies:,} of {images:,} test images are copies of training images")


if __name__ == "__main__":
    errors.run(main)
