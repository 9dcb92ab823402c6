"""Any picture becomes what a network was trained on."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from archbench.predicting import pictures

RED: dict[str, Any] = {
    "RGB": (255, 0, 0),
    "RGBA": (255, 0, 0, 255),
    "CMYK": (0, 255, 255, 0),
    "P": 0,
}


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "P"])
def test_colour_is_kept_or_becomes_its_brightness(tmp_path, mode):
    image = Image.new(mode, (40, 30), RED[mode])
    if mode == "P":
        image.putpalette([255, 0, 0] * 256)
    path = tmp_path / f"red.{'jpg' if mode == 'CMYK' else 'png'}"
    image.save(path)
    assert pictures.image(path, 8, 3)[4, 4].tolist() == pytest.approx([255, 0, 0], abs=3)
    assert pictures.image(path, 8, 1)[4, 4].tolist() == pytest.approx([76], abs=3)  # Rec. 601


@pytest.mark.parametrize("mode", ["L", "I;16"])
def test_grey_has_the_same_in_all_channels(tmp_path, mode):
    Image.new(mode, (5, 5), 128 * (257 if mode == "I;16" else 1)).save(tmp_path / "grey.png")
    assert pictures.image(tmp_path / "grey.png", 4, 3)[2, 2].tolist() == [128, 128, 128]
    assert pictures.image(tmp_path / "grey.png", 4, 1).shape == (4, 4, 1)


def test_a_camera_s_note_turns_the_picture(tmp_path):
    image = Image.new("RGB", (20, 20), "white")
    image.paste("black", (0, 0, 20, 10))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    image.save(tmp_path / "turned.png", exif=exif)
    assert pictures.image(tmp_path / "turned.png", 4, 1)[:, 0, 0].tolist()[::3] == [255, 0]


def test_batches_have_the_files_in_order_and_what_is_wrong_with_the_others(tmp_path):
    for number in range(5):
        Image.new("L", (3, 3), 10 * number).save(tmp_path / f"{number}.png")
    (tmp_path / "3.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("not taken from a folder")
    batches = list(pictures.read(pictures.listing([str(tmp_path)]), 2, 1, batch=2))
    assert [[path.name for path in batch.files] for batch in batches] == [
        ["0.png", "1.png"],
        ["2.png"],
        ["4.png"],
    ]
    assert batches[1].faults == {tmp_path / "3.png": "neither a PNG nor a JPEG"}
    assert [int(image[0, 0, 0]) for batch in batches for image in batch.images_nhwc] == [
        *(0, 10, 20, 40),
    ]


def test_no_files_are_no_batches():
    assert list(pictures.read([], 2, 1, batch=2)) == []


def test_a_batch_without_a_picture_is_empty(tmp_path):
    (batch,) = pictures.read([tmp_path / "nowhere"], 2, 3, batch=4)
    assert (batch.files, batch.images_nhwc.shape) == ([], (0, 2, 2, 3))
    assert np.issubdtype(batch.images_nhwc.dtype, np.uint8)
