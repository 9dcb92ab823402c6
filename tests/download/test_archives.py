import gzip
import tarfile
from pathlib import Path

import pytest
import tiny_data

from archbench.download import archives
from archbench.download.dataset import Member

WANTED = [Member("bin/a", 3), Member("bin/b", 2)]
FILES = {"bin/a": b"aaa", "bin/b": b"bb"}


def read(folder: Path, content: bytes, name: str = "x.tar.gz") -> dict[str, bytes]:
    path = folder / name
    path.write_bytes(content)
    try:
        return archives.read_archives([path], WANTED)
    finally:
        assert [file.name for file in folder.iterdir()] == [name]  # nothing was extracted


def test_named_members_are_read_and_others_ignored(tmp_path: Path) -> None:
    others: dict[str, bytes | tarfile.TarInfo] = {
        "../evil": b"evil",
        "bin/c": b"",
        "bin/link": tiny_data.link("bin/link", "/etc/passwd"),
    }
    assert read(tmp_path, tiny_data.tar_gz({**others, **FILES})) == FILES
    assert not (tmp_path.parent / "evil").exists()


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"bin/a": b"aaa"}, "has no bin/b"),
        ({"bin/a": b"aaa", "../bin/b": b"bb"}, "has no bin/b"),
        ({"bin/a": b"aaa", "/bin/b": b"bb"}, "has no bin/b"),
        ({"bin/a": b"aaa", "b": tiny_data.link("bin/b", "a")}, "bin/b is not a regular file"),
        (
            {"bin/a": b"aaa", "b": tiny_data.link("bin/b", "bin/a", tarfile.LNKTYPE)},
            "not a regular",
        ),
        ({"bin/a": b"aaa", "b": tiny_data.link("bin/b", "", tarfile.FIFOTYPE)}, "not a regular"),
        ({"bin/a": b"aaa", "b": tiny_data.link("bin/b", "", tarfile.DIRTYPE)}, "not a regular"),
        ({"bin/a": b"aaa", "bin/b": b"bbb"}, "bin/b has 3 bytes, expected 2"),
        ({"bin/a": b"aaa", "bin/b": b""}, "bin/b has 0 bytes, expected 2"),
    ],
)
def test_odd_members_are_refused(
    tmp_path: Path, files: dict[str, bytes | tarfile.TarInfo], reason: str
) -> None:
    with pytest.raises(ValueError, match=rf"^x\.tar\.gz: .*{reason}"):
        read(tmp_path, tiny_data.tar_gz(files))


def test_a_member_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for _ in range(2):
            tar.addfile(tarfile.TarInfo("bin/a"))
    with pytest.raises(ValueError, match="is there twice"):
        archives.read_tar(path, {"bin/a": 0})


def test_a_tar_cut_anywhere_before_its_last_member_ends_is_refused(tmp_path: Path) -> None:
    files = {"bin/a": bytes(range(3)), "bin/b": b"bb"}
    whole = tiny_data.tar_gz(files)
    for length in range(0, len(whole) // 2, 7):
        with pytest.raises(ValueError, match=r"^x\.tar\.gz: "):
            read(tmp_path, whole[:length])


def zipped(content: bytes) -> bytes:
    """Without the time, which would give the tests another name in each process."""
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize("content", [b"", b"not found", zipped(b"no tar"), bytes(1000)])
def test_what_is_no_tar_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^x\.tar\.gz: "):
        read(tmp_path, content)


def test_a_gz_holds_the_file_that_it_is_named_after(tmp_path: Path) -> None:
    for name, content in (("one", b"1"), ("two", b"22")):
        (tmp_path / f"{name}.gz").write_bytes(zipped(content))
    paths = [tmp_path / "one.gz", tmp_path / "two.gz"]
    found = archives.read_archives(paths, [Member("one", 1), Member("two", 2)])
    assert found == {"one": b"1", "two": b"22"}


WHOLE = zipped(bytes(1000))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (WHOLE[:-9], "truncated"),
        (WHOLE[:-8] + bytes(8), "truncated"),  # another checksum
        (b"<html>", "not a .gz"),
        (zipped(bytes(999)), "other than 1000 bytes"),
        (zipped(bytes(100_000_000)), "other than 1000 bytes"),
    ],
)
def test_a_gz_cut_short_too_large_or_damaged_is_refused(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"^x\.gz: .*{reason}"):
        archives.read_gzip(path, 1000)


def test_a_deb_is_read_down_to_files_compressed_by_themselves(tmp_path: Path) -> None:
    inside = {"bin/a.gz": zipped(b"aaa"), "bin/b": b"bb", "bin/c": b"c"}
    content = tiny_data.deb({"odd": b"odd", "data.tar.xz": tiny_data.tar(inside, "w:xz")})
    assert read(tmp_path, content, "x_1_all.deb") == FILES


DATA = tiny_data.tar({"bin/a": b"aaa", "bin/b.gz": zipped(b"bb")}, "w:xz")
DEB = tiny_data.deb({"data.tar.xz": DATA})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a .deb"),
        (b"<html>", "not a .deb"),
        (DEB[1:], "not a .deb"),
        (DEB[:60], "has no data.tar.xz"),
        (DEB[: -len(DATA)], "truncated"),
        (DEB[: -len(DATA) // 2], "truncated"),
        (DEB[: -len(DATA)] + bytes(len(DATA)), "truncated or not a tar"),
        (tiny_data.deb({}), "has no data.tar.xz"),
        (tiny_data.deb({"data.tar.zst": b"\x28\xb5\x2f\xfd"}), "holds data.tar.zst, expected"),
        (tiny_data.deb({"data.tar.xz": tiny_data.tar({"bin/a": b"aaa"}, "w:xz")}), "has no bin/b"),
        (
            tiny_data.deb({"data.tar.xz": tiny_data.tar({"bin/a.gz": zipped(b"aaaa")}, "w:xz")}),
            "bin/a.gz: unpacks to other than 3 bytes",
        ),
        (
            tiny_data.deb({"data.tar.xz": tiny_data.tar({"bin/a.gz": b"aaa"}, "w:xz")}),
            "bin/a.gz: truncated or not a .gz",
        ),
    ],
)
def test_a_damaged_deb_is_refused_in_one_line(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=rf"^x\.deb: [^\n]*{reason}[^\n]*$"):
        read(tmp_path, content, "x.deb")


def test_a_deb_cut_anywhere_is_whole_or_refused(tmp_path: Path) -> None:
    """What may be missing is what follows the last member: padding and a footer."""
    for length in range(0, len(DEB), 5):
        try:
            found = read(tmp_path, DEB[:length], "x.deb")
        except ValueError:
            continue
        assert length > 0.8 * len(DEB)
        assert found == FILES


def test_checksums(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    archives.check(path, "md5:900150983cd24fb0d6963f7d28e17f72")
    archives.check(path, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    with pytest.raises(
        ValueError, match=r"^x: md5 is 900150983cd24fb0d6963f7d28e17f72, expected 0"
    ):
        archives.check(path, f"md5:{'0' * 32}")
