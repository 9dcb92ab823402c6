"""Stage duplicates: the test images whose photograph is among the training images too."""

import start

from pathlib import Path

from archbench.base import errors, files
from archbench.duplicates import search as duplicates

DATA = Path("data")


def main() -> None:
    train_images, train_labels, test_images, test_labels = (
        files.read_array(DATA / half / f"{name}.npy")
        for half in ("train", "test")
        for name in ("images", "labels")
    )
    mirrorable = files.read_json(DATA / "dataset.json")["mirrorable"]
    table = duplicates.find(train_images, train_labels, test_images, test_labels, mirrorable)
    files.write_table(DATA / "duplicates.csv", table)
    print(f"{table['duplicate'].sum()} of {len(table)} test images are copies of training images")


if __name__ == "__main__":
    errors.run(main)
