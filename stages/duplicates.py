"""Stage duplicates: the test images whose photograph is among the training images too."""

from pathlib import Path

from archbench import errors, files
from archbench.data import duplicates

DATA = Path("data")


def main() -> None:
    train, test = (
        [files.read_array(DATA / half / f"{name}.npy") for name in ("images", "labels")]
        for half in ("train", "test")
    )
    about = files.read_json(DATA / "dataset.json")
    table = duplicates.find(*train, *test, mirrorable=about["mirrorable"])
    files.write_table(DATA / "duplicates.csv", table)
    print(f"{table['duplicate'].sum()} of {len(table)} test images have a copy to train on")


if __name__ == "__main__":
    errors.run(main)
