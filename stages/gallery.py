"""Stage gallery: the test images that the architectures get wrong, as sheets and as pages."""

import start

from pathlib import Path
from typing import Any

import pandas as pd

from archbench.base import errors, files, params
from archbench.gallery import pages as gallery_pages
from archbench.gallery import views
from archbench.gallery.config import Gallery
from archbench.gallery.sheets import missed_sheet, mistakes_sheet
from archbench.gallery.tiles import Explanation

DATA, PLOTS = Path("data"), Path("plots/gallery")
MISSED = Path("metrics/details/missed_by_all.csv")


def main() -> None:
    asked = params.read(Gallery)
    about = files.read_json(DATA / "dataset.json")
    classes, images = about["classes"], files.read_array(DATA / "test/images.npy")
    predictions = {
        name: files.read_table(DATA / f"evaluation/{name}/predictions.csv")
        for name in asked.architectures
    }
    for name, table in predictions.items():
        sheet = mistakes_sheet(name, table, images, classes, asked.seeds, asked.gallery_tiles)
        write(PLOTS / f"{name}.png", sheet)
    together = pd.concat(predictions, names=["architecture"]).reset_index("architecture")
    missed = files.read_table(MISSED, ["label", "guess"])
    sheet = missed_sheet(missed, together, images, classes, asked.seeds, asked.gallery_tiles)
    write(PLOTS / "shared.png", sheet)
    shown = material(asked, about, images, predictions, missed)
    for stem, page in gallery_pages.pages(shown).items():
        files.write_text(Path("gallery") / f"{stem}.html", page)


def material(
    asked: Gallery,
    about: dict[str, Any],
    images: Any,
    predictions: dict[str, pd.DataFrame],
    missed: pd.DataFrame,
) -> gallery_pages.Material:
    return gallery_pages.Material(
        title=about["title"],
        classes=about["classes"],
        seed=asked.seeds[0],
        test_nhwc=images,
        train_nhwc=files.read_array(DATA / "train/images.npy"),
        train_labels=files.read_array(DATA / "train/labels.npy"),
        networks=[
            views.network(name, table, asked.seeds[0], about["classes"])
            for name, table in predictions.items()
        ],
        explanations=[explanation(DATA / "explanations" / name) for name in predictions],
        missed=missed["index"].to_numpy(),
        tiles=asked.gallery_tiles,
    )


def explanation(folder: Path) -> Explanation:
    arrays = {path.stem: files.read_array(path) for path in sorted(folder.glob("*.npy"))}
    about = files.read_json(folder / "explanation.json")
    return Explanation(**arrays, agreement=about.get("control_agreement"))


def write(path: Path, png: bytes) -> None:
    with files.atomic(path) as temporary:
        temporary.write_bytes(png)


if __name__ == "__main__":
    errors.run(main)
