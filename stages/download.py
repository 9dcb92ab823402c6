"""Stage download: fixes the bytes. All four arrays are verified before the first is written."""

from pathlib import Path

from archbench import errors, files, params
from archbench.data import sources
from archbench.data.catalogue import DATASETS
from archbench.data.config import Download
from archbench.data.dataset import Dataset

DATA = Path("data")


def main() -> None:
    wanted = params.read(Download)
    dataset = DATASETS[wanted.dataset]
    arrays, source = sources.load(dataset, wanted.data_directory)
    files.write_array(DATA / "train" / "images.npy", arrays.train_images)
    files.write_array(DATA / "train" / "labels.npy", arrays.train_labels)
    files.write_array(DATA / "test" / "images.npy", arrays.test_images)
    files.write_array(DATA / "test" / "labels.npy", arrays.test_labels)
    files.write_json(DATA / "dataset.json", described(dataset))
    print(f"{dataset.title}: served by {source}, verified")


def described(dataset: Dataset) -> dict[str, object]:
    """What later stages need. Not the source: the same bytes are the same data set."""
    height, width, channels = dataset.image_shape
    return {
        "name": dataset.name,
        "title": dataset.title,
        "classes": list(dataset.classes),
        "mirrorable": dataset.mirrorable,
        "image_size": [height, width],
        "channels": channels,
    }


if __name__ == "__main__":
    errors.run(main)
