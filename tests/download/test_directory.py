import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tiny_data
from tiny_data import Tiny

from archbench.download import sources

Form = Callable[[Tiny], dict[str, bytes]]


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def official(tiny: Tiny) -> dict[str, bytes]:
    return {a.name: tiny.packed[a.name] for a in tiny.dataset.official.archives}


def package(tiny: Tiny) -> dict[str, bytes]:
    assert tiny.package
    return {tiny.package: tiny.packed[tiny.package]}


def unpacked(tiny: Tiny) -> dict[str, bytes]:
    return tiny.files


def loose(tiny: Tiny) -> dict[str, bytes]:
    return {Path(name).name: content for name, content in tiny.files.items()}


@pytest.mark.parametrize("form", [official, package, unpacked, loose])
def test_each_form_is_read(tmp_path: Path, packaged: Tiny, form: Form) -> None:
    put(tmp_path, form(packaged))
    found = sources.from_directory(tmp_path, packaged.dataset)
    for array, expected in zip(found, packaged.arrays, strict=True):
        np.testing.assert_array_equal(array, expected)
        assert array.dtype == np.uint8
        assert array.flags.c_contiguous


def test_the_same_files_packed_again_are_read(tmp_path: Path) -> None:
    tiny = tiny_data.mnist()
    again = {
        f"{name}.gz": gzip.compress(content, 1, mtime=1) for name, content in tiny.files.items()
    }
    assert again != official(tiny)
    put(tmp_path, again)
    sources.from_directory(tmp_path, tiny.dataset)


def test_what_was_looked_for_is_named(tmp_path: Path, packaged: Tiny) -> None:
    with pytest.raises(ValueError, match="has neither") as refused:
        sources.from_directory(tmp_path, packaged.dataset)
    package = packaged.dataset.package
    assert package is not None
    for name in (tmp_path, *official(packaged), package.file, *packaged.files):
        assert str(name) in str(refused.value)


def test_an_incomplete_folder_is_refused(tmp_path: Path, packaged: Tiny) -> None:
    put(tmp_path, dict(list(unpacked(packaged).items())[1:]))
    with pytest.raises(ValueError, match="has neither"):
        sources.from_directory(tmp_path, packaged.dataset)


def test_without_known_sums_only_the_authors_own_archive_is_believed(tmp_path: Path) -> None:
    tiny = tiny_data.cifar100()
    (archive,) = official(tiny)
    for form in (unpacked, loose):
        put(tmp_path, form(tiny))
        with pytest.raises(ValueError, match=rf"has no {archive}$"):
            sources.from_directory(tmp_path, tiny.dataset)
    put(tmp_path, {archive: tiny_data.tar_gz(tiny.files)})  # the right files, packed again
    with pytest.raises(ValueError, match=rf"^{archive}: md5 is .*, expected "):
        sources.from_directory(tmp_path, tiny.dataset)
    put(tmp_path, official(tiny))
    for found, expected in zip(
        sources.from_directory(tmp_path, tiny.dataset), tiny.arrays, strict=True
    ):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("form", [official, package, unpacked])
def test_cut_files_are_refused(tmp_path: Path, packaged: Tiny, form: Form) -> None:
    files = form(packaged)
    put(tmp_path, {name: content[: len(content) // 2] for name, content in files.items()})
    with pytest.raises(ValueError, match=r"truncated|expected"):
        sources.from_directory(tmp_path, packaged.dataset)
