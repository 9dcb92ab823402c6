import json
from io import BytesIO

import numpy as np
import pytest
import tiny_data
from PIL import Image

from archbench.download.decode import decode, idx, json_labels, records, strip


def test_the_official_format_gives_arrays_of_their_own(each: tiny_data.Tiny) -> None:
    decoded = decode(each.dataset.official.layout, each.files, each.dataset)
    for found, expected in zip(decoded, each.arrays, strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == np.uint8
        assert found.flags.c_contiguous
        assert found.flags.writeable  # the array's own memory, not the file's


def test_records_hold_red_then_green_then_blue_in_row_order() -> None:
    content = bytes([7, *range(12)])  # one 2 by 2 image
    images_nhwc, labels = records(content, (2, 2, 3))
    assert labels.tolist() == [7]
    assert images_nhwc[0].tolist() == [[[0, 4, 8], [1, 5, 9]], [[2, 6, 10], [3, 7, 11]]]


def test_cifar_100_has_the_fine_label_last() -> None:
    _, labels = records(bytes([1, 42, 0, 0, 0]), (1, 1, 3), label_bytes=2)
    assert labels.tolist() == [42]


@pytest.mark.parametrize("content", [b"", bytes(12), bytes(14), bytes(25)])
def test_records_cut_short_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="whole records of 13 bytes"):
        records(content, (2, 2, 3))


IMAGES = np.arange(36, dtype=np.uint8).reshape(3, 2, 2, 3)


def test_a_strip_holds_one_image_a_row() -> None:
    np.testing.assert_array_equal(strip(tiny_data.png(IMAGES), 3, (2, 2, 3)), IMAGES)


@pytest.mark.parametrize(("rows", "shape"), [(2, (2, 2, 3)), (4, (2, 2, 3)), (3, (2, 3, 3))])
def test_a_strip_of_another_size_is_refused(rows: int, shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="expected"):
        strip(tiny_data.png(IMAGES), rows, shape)


def test_a_strip_of_another_mode_or_format_is_refused() -> None:
    for mode, kind, reason in (("L", "PNG", "PNG is L"), ("RGB", "BMP", "not a PNG")):
        file = BytesIO()
        Image.new(mode, (4, 3)).save(file, kind)
        with pytest.raises(ValueError, match=reason):
            strip(file.getvalue(), 3, (2, 2, 3))


def test_a_strip_cut_anywhere_is_whole_or_refused() -> None:
    """What may be missing is what follows the last pixel: checksums and a trailer."""
    content = tiny_data.png(IMAGES)
    for length in range(len(content)):
        try:
            images = strip(content[:length], 3, (2, 2, 3))
        except ValueError:
            continue
        assert length > len(content) - 24
        np.testing.assert_array_equal(images, IMAGES)


@pytest.mark.parametrize(
    "labels", [b"", b"[1, 2", b"{}", b"[1.0]", b"[true]", b"[256]", b"[-1]", b'["1"]', b"\xff"]
)
def test_malformed_labels_are_refused(labels: bytes) -> None:
    with pytest.raises(ValueError, match="labels are not"):
        json_labels(labels)


def test_labels_nested_too_deep_are_refused() -> None:
    with pytest.raises(ValueError, match="labels are not"):
        json_labels(b"[" * 100_000)


def test_labels_are_bytes() -> None:
    assert json_labels(json.dumps([0, 9, 255]).encode()).tolist() == [0, 9, 255]


def test_idx_of_one_and_three_dimensions() -> None:
    for array in (np.arange(5, dtype=np.uint8), np.arange(24, dtype=np.uint8).reshape(2, 3, 4)):
        np.testing.assert_array_equal(idx(tiny_data.idx(array), array.ndim), array)


GOOD = tiny_data.idx(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        GOOD[:10],
        GOOD[:-1],
        GOOD + b"\0",
        b"\0\0\x0d\x03" + GOOD[4:],  # floats
        b"\0\0\x08\x01" + GOOD[4:],
        GOOD[:4] + b"\xff" * 12 + GOOD[16:],  # 2⁹⁶ bytes announced
    ],
)
def test_idx_with_another_magic_or_length_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="idx"):
        idx(content, 3)
