"""Stage gallery: contact sheets of the test images that the architectures get wrong."""

from pathlib import Path

import pandas as pd

from archbench import errors, files, params
from archbench.reporting.config import Gallery
from archbench.reporting.gallery import mistakes_sheet, shared_sheet

PLOTS = Path("plots/gallery")


def main() -> None:
    asked = params.read(Gallery)
    classes = files.read_json(Path("data/dataset.json"))["classes"]
    images = files.read_array(Path("data/test/images.npy"))
    predictions = {
        name: files.read_table(Path("data/evaluation", name, "predictions.csv"))
        for name in asked.architectures
    }
    for name, table in predictions.items():
        sheet = mistakes_sheet(name, table, images, classes, asked.seeds, asked.gallery_tiles)
        write(PLOTS / f"{name}.png", sheet)
    together = pd.concat(predictions, names=["architecture"]).reset_index("architecture")
    write(
        PLOTS / "shared.png",
        shared_sheet(together, images, classes, asked.seeds, asked.gallery_tiles),
    )


def write(path: Path, png: bytes) -> None:
    with files.atomic(path) as temporary:
        temporary.write_bytes(png)


if __name__ == "__main__":
    errors.run(main)
