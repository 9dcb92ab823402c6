"""Stage download: fixes the bytes. All four arrays are verified before the first is written.

Pictures of a folder stream from their files to the arrays; a data set of the catalogue, of 184 MB
at most, is in memory whole.
"""

import start

from collections.abc import Sequence
from pathlib import Path

from archbench.base import errors, files, params, paths
from archbench.base.records import DatasetRecord
from archbench.download import folder, sources, spool
from archbench.download.catalogue import DATASETS
from archbench.download.config import Download
from archbench.download.decode import Arrays
from archbench.download.folder import Halves


def main() -> None:
    wanted = params.read(Download)
    if wanted.dataset == "folder":
        own = wanted.folder
        title = Path(own.path).resolve().name
        with (
            sources.emptied(sources.PARTIAL) as partial,
            spool.opened(partial, own.image_size) as pictures,
        ):
            halves, classes = folder.load(own, pictures)
            write(halves, "folder", title, classes, own.mirrorable)
        print(f"{title}: {counts(halves)} of {len(classes)} classes")
    else:
        dataset = DATASETS[wanted.dataset]
        arrays, source = sources.load(dataset, wanted.data_directory)
        write(arrays, dataset.name, dataset.title, dataset.classes, dataset.mirrorable)
        print(f"{dataset.title}: {counts(arrays)}, served by {source}, verified")


def counts(arrays: Arrays | Halves) -> str:
    return f"{len(arrays.train_images):,} training and {len(arrays.test_images):,} test images"


def write(
    arrays: Arrays | Halves, name: str, title: str, classes: Sequence[str], mirrorable: bool
) -> None:
    """What later stages need. Not the source: the same bytes are the same data set."""
    digests = {}
    for field, array in arrays._asdict().items():
        file = f"{field.replace('_', '/')}.npy"
        if isinstance(array, spool.Pictures):
            spool.write(paths.DATA / file, array)
        else:
            files.write_array(paths.DATA / file, array)
        digests[file] = files.sha256(paths.DATA / file)
    height, width, channels = arrays.train_images.shape[1:]
    record = DatasetRecord(
        name=name,
        title=title,
        classes=list(classes),
        mirrorable=mirrorable,
        image_size=(height, width),
        channels=channels,
        sha256=digests,
    )
    record.write(paths.DATASET)


if __name__ == "__main__":
    errors.run(main)
