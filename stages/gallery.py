"""Stage gallery: the test images that the architectures get wrong, as sheets and as pages."""

import start

from pathlib import Path
from typing import Any

import pandas as pd

from archbench.base import errors, files, params, paths
from archbench.base.records import DatasetRecord
from archbench.gallery import answers, pages
from archbench.gallery.answers import Answers
from archbench.gallery.config import Gallery
from archbench.gallery.sheets import missed_sheet, mistakes_sheet
from archbench.gallery.tiles import Explanation


def main() -> None:
    asked = params.read(Gallery)
    dataset = DatasetRecord.read(paths.DATASET)
    images = files.read_array(paths.TEST_IMAGES)
    missed = files.read_table(paths.detail("missed_by_all"))
    runs = answers_of(asked)
    for name, answered in runs.items():
        sheet = mistakes_sheet(
            answered[0], asked.seeds, images, dataset.classes, asked.gallery_tiles
        )
        write(paths.contact_sheet(name), sheet)
    sheet = missed_sheet(missed, runs, images, dataset.classes, asked.gallery_tiles)
    write(paths.contact_sheet("shared"), sheet)
    files.write_table(paths.GALLERY / "suspects.csv", missed)
    for stem, page in pages.pages(material(asked, dataset, images, runs, missed)):
        files.write_text(paths.GALLERY / f"{stem}.html", page)


def answers_of(asked: Gallery) -> dict[str, list[Answers]]:
    """Of each seed, by architecture, the best first. No more than one table is held."""
    runs, mistaken = {}, {}
    for name in asked.architectures:
        rows = files.read_table(paths.evaluation(name, "predictions"))
        runs[name] = [answers.of_run(name, rows, seed) for seed in asked.seeds]
        mistaken[name] = answers.mistaken(rows)
    return {name: runs[name] for name in sorted(runs, key=mistaken.__getitem__)}


def material(
    asked: Gallery,
    dataset: DatasetRecord,
    images: Any,
    runs: dict[str, list[Answers]],
    missed: pd.DataFrame,
) -> pages.Material:
    return pages.Material(
        title=dataset.title,
        classes=dataset.classes,
        seed=asked.seeds[0],
        test_nhwc=images,
        train_nhwc=files.read_array(paths.TRAIN_IMAGES),
        train_labels=files.read_array(paths.TRAIN_LABELS),
        each=[answered[0] for answered in runs.values()],
        explanations=[explanation(paths.explanations(name)) for name in runs],
        missed=missed["index"].to_numpy(),
        people=files.read_table(paths.DATA / "people.csv")["people"].tolist(),
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
