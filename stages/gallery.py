"""Stage gallery: the test images that the architectures get wrong, as sheets and as pages."""

import start

from pathlib import Path
from typing import Any

import pandas as pd

from archbench.base import errors, files, params, paths
from archbench.base.predictions import join
from archbench.base.records import DatasetRecord
from archbench.gallery import pages as gallery_pages
from archbench.gallery import views
from archbench.gallery.config import Gallery
from archbench.gallery.sheets import missed_sheet, mistakes_sheet
from archbench.gallery.tiles import Explanation


def main() -> None:
    asked = params.read(Gallery)
    dataset = DatasetRecord.read(paths.DATASET)
    classes, images = dataset.classes, files.read_array(paths.TEST_IMAGES)
    predictions = {
        name: files.read_table(paths.evaluation(name, "predictions"))
        for name in asked.architectures
    }
    for name, table in predictions.items():
        sheet = mistakes_sheet(name, table, images, classes, asked.seeds, asked.gallery_tiles)
        write(paths.contact_sheet(name), sheet)
    missed = files.read_table(paths.detail("missed_by_all"))
    sheet = missed_sheet(
        missed, join(predictions), images, classes, asked.seeds, asked.gallery_tiles
    )
    write(paths.contact_sheet("shared"), sheet)
    shown = material(asked, dataset, images, predictions, missed)
    for stem, page in gallery_pages.pages(shown).items():
        files.write_text(paths.GALLERY / f"{stem}.html", page)


def material(
    asked: Gallery,
    dataset: DatasetRecord,
    images: Any,
    predictions: dict[str, pd.DataFrame],
    missed: pd.DataFrame,
) -> gallery_pages.Material:
    return gallery_pages.Material(
        title=dataset.title,
        classes=dataset.classes,
        seed=asked.seeds[0],
        test_nhwc=images,
        train_nhwc=files.read_array(paths.TRAIN_IMAGES),
        train_labels=files.read_array(paths.TRAIN_LABELS),
        networks=[
            views.network(name, table, asked.seeds[0], dataset.classes)
            for name, table in predictions.items()
        ],
        explanations=[explanation(paths.explanations(name)) for name in predictions],
        missed=missed["index"].to_numpy(),
        tiles=asked.gallery_tiles,
    )


def explanation(folder: Path) -> Explanation:
    arrays = {path.stem: files.read_array(path) for path in sorted(folder.glob("*.npy"))}
    summary = files.read_json(folder / "explanation.json")
    return Explanation(**arrays, agreement=summary.get("control_agreement"))


def write(path: Path, png: bytes) -> None:
    with files.atomic(path) as temporary:
        temporary.write_bytes(png)


if __name__ == "__main__":
    errors.run(main)
