"""A user's own images: which are trained on, which are tested on, and which are refused."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from own_images import asked, load, make, picture, put
from PIL import Image

from archbench.base.errors import Refused
from archbench.download import picture as pictures
from archbench.download import survey

GIVEN = {"train/cat": 5, "train/dog": 4, "test/cat": 2, "test/dog": 3}


def refusal(root: Path, **options: bool) -> list[str]:
    with pytest.raises(Refused) as refused:
        load(asked(root, **options))
    return str(refused.value).splitlines()


def test_halves_and_classes_are_those_of_the_folders(tmp_path: Path) -> None:
    arrays, classes = load(asked(make(tmp_path, GIVEN)))
    assert classes == ["cat", "dog"]
    assert arrays.train_labels.tolist() == [0] * 5 + [1] * 4
    assert arrays.test_labels.tolist() == [0] * 2 + [1] * 3
    for half in ("train", "test"):
        files = sorted((tmp_path / half).glob("*/*"))
        expected = [pictures.read(path, 8) for path in files]
        np.testing.assert_array_equal(getattr(arrays, f"{half}_images"), expected)
    assert {array.dtype for array in arrays} == {np.dtype(np.uint8)}


@pytest.mark.parametrize("size", [8, 33])
def test_the_square_is_as_large_as_asked(tmp_path: Path, size: int) -> None:
    arrays, _ = load(asked(make(tmp_path, GIVEN), image_size=size))
    assert arrays.train_images.shape == (9, size, size, 3)


def test_grey_if_all_are_grey_otherwise_coloured(tmp_path: Path) -> None:
    make(tmp_path, GIVEN, colour=False)
    grey, _ = load(asked(tmp_path))
    assert grey.train_images.shape == (9, 8, 8, 1)
    put(tmp_path, "test/dog/99.png", picture(99))
    mixed, _ = load(asked(tmp_path))
    assert mixed.test_images.shape == (6, 8, 8, 3)
    np.testing.assert_array_equal(mixed.train_images, grey.train_images.repeat(3, axis=3))


def test_a_fifth_of_each_class_is_held_out_and_stays_so(tmp_path: Path) -> None:
    make(tmp_path, {"train/cat": 40, "train/dog": 10, "train/owl": 2})
    first, _ = load(asked(tmp_path))
    assert np.bincount(first.test_labels).tolist() == [8, 2, 1]
    assert np.bincount(first.train_labels).tolist() == [32, 8, 1]
    again, _ = load(asked(tmp_path))
    for left, right in zip(first, again, strict=True):
        np.testing.assert_array_equal(left, right)
    (tmp_path / "train/cat/00.png").rename(tmp_path / "train/cat/zz.png")
    put(tmp_path, "train/dog/new.png", picture(1000))
    later, _ = load(asked(tmp_path))
    held, then = ({image.tobytes() for image in made.test_images} for made in (first, later))
    assert len(held - then) <= 1  # an image more makes one leave at most


def test_the_lot_is_no_matter_of_names(tmp_path: Path) -> None:
    """Sorted by name the first fifth would be held out; by lot it is some of all."""
    make(tmp_path, {"train/cat": 100, "train/dog": 100})
    arrays, _ = load(asked(tmp_path))
    files = sorted((tmp_path / "train/cat").iterdir())
    test = {image.tobytes() for image in arrays.test_images}
    ranks = [n for n, path in enumerate(files) if pictures.read(path, 8).tobytes() in test]
    assert len(ranks) == 20
    assert 35 < np.mean(ranks) < 65
    assert np.std(ranks) > 20


@pytest.mark.parametrize("colour", [False, True])
def test_the_lowest_digests_of_the_pixels_are_held_out(tmp_path: Path, colour: bool) -> None:
    """Of one channel where all are grey: which images a folder tests on must not change."""
    make(tmp_path, {"train/cat": 10, "train/dog": 10}, colour=colour)
    arrays, _ = load(asked(tmp_path))
    expected: list[str] = []
    for folder in ("cat", "dog"):
        files = sorted((tmp_path / "train" / folder).iterdir())
        lots = [sha256(pictures.read(path, 8).data).hexdigest() for path in files]
        expected += [lot for lot in lots if lot in sorted(lots)[:2]]
    held = [sha256(np.ascontiguousarray(image).data).hexdigest() for image in arrays.test_images]
    assert held == expected


def test_copies_stay_on_one_side(tmp_path: Path) -> None:
    make(tmp_path, {"train/cat": 20, "train/dog": 20})
    for path in sorted((tmp_path / "train").glob("*/*")):
        put(path.parent, f"copy-{path.name}", path.read_bytes())
    arrays, _ = load(asked(tmp_path))
    train, test = ({i.tobytes() for i in half} for half in (arrays[0], arrays[2]))
    assert not train & test
    assert np.bincount(arrays.test_labels).tolist() == [8, 8]


BAD = {
    "train/loose.png": (picture(900), "lies outside the folders of the classes"),
    "train/cat/empty.png": (b"", "empty"),
    "train/cat/half.png": (picture(901)[:300], "cannot be read: "),
    "train/cat/half.jpg": (picture(902, "JPEG")[:300], "cannot be read: "),
    "train/cat/page.jpg": (b"<html>", "neither a PNG nor a JPEG"),
    "train/cat/notes.txt": (b"notes", "should end in one of .png, .jpg, .jpeg"),
    "train/cat/bare": (picture(903), "should end in one of .png, .jpg, .jpeg"),
    "train/dog/more/x.png": (picture(904), "a folder inside that of a class"),
    "test/owl/x.png": (picture(905), "a class that train has not"),
    "train/cat/two\nlines.png": (b"", "empty"),
    "train/cat/no-\udcfftext.png": (b"", "empty"),
}


def spoil(root: Path) -> None:
    for name, (content, _) in BAD.items():
        put(root, name, content)


def test_every_bad_file_is_listed_on_a_line_of_its_own(tmp_path: Path) -> None:
    spoil(make(tmp_path, GIVEN))
    head, *lines, advice = refusal(tmp_path)
    assert head == f"{tmp_path}: {len(BAD)} files that cannot be used"
    assert "folder.skip_bad" in advice
    shown = {name: name for name in BAD} | {
        "train/dog/more/x.png": "train/dog/more",
        "test/owl/x.png": "test/owl",
        "train/cat/two\nlines.png": r"'train/cat/two\nlines.png'",
        "train/cat/no-\udcfftext.png": r"'train/cat/no-\udcfftext.png'",
    }
    assert len(lines) == len(BAD)
    for name, (_, reason) in BAD.items():
        assert any(line.startswith(f"  {shown[name]}: {reason}") for line in lines), name


def test_told_to_skip_them_it_is_as_if_they_were_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clean, _ = load(asked(make(tmp_path, GIVEN)))
    assert capsys.readouterr().out == ""
    spoil(tmp_path)
    skipped, _ = load(asked(tmp_path, skip_bad=True))
    for left, right in zip(clean, skipped, strict=True):
        np.testing.assert_array_equal(left, right)
    assert f"{len(BAD)} files that cannot be used" in capsys.readouterr().out


def test_the_list_is_capped_and_says_how_many_more(tmp_path: Path) -> None:
    make(tmp_path, GIVEN)
    for number in range(50):
        put(tmp_path, f"train/cat/empty{number}.png", b"")
    lines = refusal(tmp_path)
    assert len(lines) == 1 + survey.LISTED + 1 + 1
    assert lines[-2] == "  and 30 more"


def test_one_image_under_two_classes_is_in_doubt_everywhere(tmp_path: Path) -> None:
    make(tmp_path, GIVEN)
    put(tmp_path, "train/cat/a.png", picture(500))
    put(tmp_path, "test/dog/b.png", picture(500))
    lines = refusal(tmp_path)
    assert lines[1:3] == [
        "  test/dog/b.png: the same image as train/cat/a.png",
        "  train/cat/a.png: the same image as test/dog/b.png",
    ]
    arrays, _ = load(asked(tmp_path, skip_bad=True))
    assert [len(labels) for labels in (arrays.train_labels, arrays.test_labels)] == [9, 5]


def test_the_same_pixels_in_another_file_are_the_same_image(tmp_path: Path) -> None:
    make(tmp_path, GIVEN)
    grey = Image.fromarray(np.full((9, 9), 7, np.uint8))
    for name, image in (("train/cat/a.png", grey), ("train/dog/b.png", grey.convert("RGB"))):
        image.save(tmp_path / name)
    assert "  train/cat/a.png: the same image as train/dog/b.png" in refusal(tmp_path)


def test_a_test_image_that_is_trained_on_is_refused_and_its_original_kept(tmp_path: Path) -> None:
    make(tmp_path, GIVEN)
    put(tmp_path, "test/cat/leak.png", (tmp_path / "train/cat/00.png").read_bytes())
    lines = refusal(tmp_path)
    assert lines[1] == "  test/cat/leak.png: the same image as train/cat/00.png"
    assert len(lines) == 3
    arrays, _ = load(asked(tmp_path, skip_bad=True))
    assert [len(labels) for labels in (arrays.train_labels, arrays.test_labels)] == [9, 5]


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({}, ": has no folder train with a folder of images for each class"),
        ({"test/cat": 3}, ": has no folder train with a folder of images for each class"),
        ({"train/cat": 3}, "/train: 1 classes, should be from 2 to 256"),
        ({"train/cat": 3, "train/dog": 1}, "/train/dog: 1 different images that can be used, sho"),
        ({"train/cat": 3, "train/dog": 3, "test/cat": 1}, "/test/dog: 0 different images that"),
    ],
)
def test_too_few_are_refused(tmp_path: Path, counts: dict[str, int], reason: str) -> None:
    (line,) = refusal(make(tmp_path, counts))
    assert line.startswith(f"{tmp_path}{reason}")


def test_an_image_and_its_copy_are_one(tmp_path: Path) -> None:
    make(tmp_path, {"train/cat": 3, "train/dog": 1})
    put(tmp_path, "train/dog/copy.png", (tmp_path / "train/dog/00.png").read_bytes())
    assert "/train/dog: 1 different images" in refusal(tmp_path)[0]


def test_a_class_of_which_nothing_is_left_is_refused_even_when_skipping(tmp_path: Path) -> None:
    make(tmp_path, {"train/cat": 3, "train/dog": 3})
    for path in (tmp_path / "train/dog").iterdir():
        path.write_bytes(b"")
    (line,) = refusal(tmp_path, skip_bad=True)
    assert (
        line == f"{tmp_path}/train/dog: 0 different images that can be used, should be at least 2"
    )


@pytest.mark.parametrize("count", [256, 257])
def test_as_many_classes_as_a_byte_tells_apart(tmp_path: Path, count: int) -> None:
    make(tmp_path, {f"train/{number}": 2 for number in range(count)})
    if count > 256:
        assert refusal(tmp_path) == [f"{tmp_path}/train: 257 classes, should be from 2 to 256"]
    else:
        arrays, classes = load(asked(tmp_path))
        assert np.bincount(arrays.train_labels).tolist() == [1] * 256
        assert classes == sorted(map(str, range(256)))


GOOD_NAMES = ["T-shirt.top", "Ankle boot", "0", "café", "猫", "R&D (new), v1.2+", "o'clock", "a_b"]
GOOD_NAMES += ["cafe\u0301", "हिन्दी बिल्ली", "แมว", "قِطّ"]  # marks that follow their letters
BAD_NAMES = [
    "\u0301a",
    "a\u200d",
    "a\u202eb",
    "🐈",
    "<b>",
    'a"b',
    "a\nb",
    "=1",
    "-x",
    "+1",
    "a  b",
    "a ",
    "a|b",
    "a;b",
    "`",
    "x" * 65,
]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_names_that_are_safe_everywhere(tmp_path: Path, name: str) -> None:
    _, classes = load(asked(make(tmp_path, {f"train/{name}": 2, "train/zz": 2})))
    assert name in classes


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_are_not_are_refused_in_one_line(tmp_path: Path, name: str) -> None:
    (line,) = refusal(make(tmp_path, {f"train/{name}": 2, "train/zz": 2}), skip_bad=True)
    assert line.startswith(f"{tmp_path}/train: {name!r} as a class's name: should be at most 64")


def test_what_the_system_hides_is_not_there(tmp_path: Path) -> None:
    make(tmp_path, GIVEN)
    for name in (".DS_Store", "train/.DS_Store", "train/cat/._00.png", "train/.cache/x.png"):
        put(tmp_path, name, b"")
    put(tmp_path, "README.md", b"ours")
    load(asked(tmp_path))


def test_a_link_to_a_folder_is_refused_and_one_to_an_image_is_not(tmp_path: Path) -> None:
    """DVC hashes what a link to a file leads to, but does not enter a link to a folder."""
    root = make(tmp_path / "images", GIVEN)
    (elsewhere := tmp_path / "elsewhere").mkdir()
    put(elsewhere, "x.png", picture(700))
    (root / "train/cat/linked.png").symlink_to(elsewhere / "x.png")
    arrays, _ = load(asked(root))
    assert len(arrays.train_labels) == 10
    (root / "train/owl").symlink_to(elsewhere)
    (root / "train/cat/gone.png").symlink_to(elsewhere / "gone.png")
    lines = refusal(root)
    assert f"  train/owl: {survey.LINK}" in lines
    assert "  train/cat/gone.png: not a file" in lines
    assert load(asked(root, skip_bad=True))[1] == ["cat", "dog"]
    (root / "train").rename(elsewhere / "train")
    (root / "train").symlink_to(elsewhere / "train")
    assert refusal(root, skip_bad=True) == [f"{root}/train: {survey.LINK}"]
