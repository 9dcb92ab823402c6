import multiprocessing
from pathlib import Path

import pytest
import torch

from archbench.base import files
from archbench.base.errors import Refused
from archbench.training import checkpoint


def state(epoch: int) -> dict:
    return {"weights": torch.full((3,), float(epoch)), "curve": [{"epoch": epoch}]}


def curve_in(folder: Path) -> list[dict]:
    """Of the newest state."""
    kept = checkpoint.load(folder)
    assert kept is not None
    return kept["curve"]


def test_the_newest_state_is_loaded_and_two_are_kept(tmp_path):
    assert checkpoint.load(tmp_path) is None
    for epoch in range(1, 13):
        checkpoint.save(tmp_path, epoch, state(epoch))
    assert curve_in(tmp_path) == [{"epoch": 12}]
    assert len(list(tmp_path.glob("epoch-*"))) == 4
    assert files.read_table(tmp_path / "curve.csv")["epoch"].tolist() == [12]


def test_a_flipped_bit_falls_back_to_the_state_before(tmp_path):
    for epoch in (1, 2):
        checkpoint.save(tmp_path, epoch, state(epoch))
    newest = tmp_path / "epoch-00002.pt"
    content = bytearray(newest.read_bytes())
    content[700] ^= 4
    newest.write_bytes(content)
    assert curve_in(tmp_path) == [{"epoch": 1}]


def test_a_state_without_its_digest_is_not_trusted(tmp_path):
    checkpoint.save(tmp_path, 1, state(1))
    (tmp_path / "epoch-00001.sha256").unlink()
    assert checkpoint.load(tmp_path) is None


def test_a_failed_write_leaves_the_old_state(tmp_path, monkeypatch):
    checkpoint.save(tmp_path, 1, state(1))

    def disk_full(value, path):
        path.write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(torch, "save", disk_full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(tmp_path, 2, state(2))
    assert curve_in(tmp_path) == [{"epoch": 1}]
    assert len(list(tmp_path.glob("epoch-*"))) == 2


def hold(directory, locked, release):
    with checkpoint.lock(directory):
        locked.set()
        release.wait()


def test_a_second_writer_is_refused_until_the_first_ends(tmp_path):
    context = multiprocessing.get_context("spawn")
    locked, release = context.Event(), context.Event()
    first = context.Process(target=hold, args=(tmp_path, locked, release))
    first.start()
    assert locked.wait(60)
    with pytest.raises(Refused, match="another process"), checkpoint.lock(tmp_path):
        pass
    first.kill()
    first.join()
    with checkpoint.lock(tmp_path):
        pass


def test_the_fingerprint_sees_the_request_and_the_files(tmp_path):
    data = tmp_path / "data"
    data.write_bytes(b"1")
    first = checkpoint.fingerprint({"lr": 0.1}, [data])
    assert len(first) == 16
    assert first == checkpoint.fingerprint({"lr": 0.1}, [data])
    assert first != checkpoint.fingerprint({"lr": 0.2}, [data])
    data.write_bytes(b"2")
    assert first != checkpoint.fingerprint({"lr": 0.1}, [data])


def test_the_fingerprint_does_not_depend_on_the_order(tmp_path):
    files = [tmp_path / "a", tmp_path / "b"]
    for file in files:
        file.write_text(file.name)
    first = checkpoint.fingerprint({"lr": 0.1, "epochs": 2}, files)
    assert first == checkpoint.fingerprint({"epochs": 2, "lr": 0.1}, files[::-1])


@pytest.mark.parametrize("suffix", [".sha256", ".pt"])
@pytest.mark.parametrize("kind", ["high bit", "junk", "folder"])
def test_whatever_lies_in_its_place_is_not_whole_and_gives_way(tmp_path, suffix, kind):
    for epoch in (1, 2):
        checkpoint.save(tmp_path, epoch, {"curve": [{"epoch": epoch}]})
    path = tmp_path / f"epoch-00002{suffix}"
    content = path.read_bytes()
    path.unlink()
    match kind:
        case "high bit":
            path.write_bytes(bytes([content[0] ^ 0x80]) + content[1:])
        case "junk":
            path.write_bytes(b"\xff" * 100)
        case "folder":
            path.mkdir()
    assert curve_in(tmp_path) == [{"epoch": 1}]
    checkpoint.save(tmp_path, 2, {"curve": [{"epoch": 2}]})
    assert curve_in(tmp_path) == [{"epoch": 2}]


def test_a_folder_in_the_place_of_an_old_state_gives_way(tmp_path):
    (tmp_path / "epoch-00001.pt").mkdir()
    (tmp_path / "epoch-00001.pt" / "file").touch()
    checkpoint.save(tmp_path, 3, {"curve": [{"epoch": 3}]})
    assert not (tmp_path / "epoch-00001.pt").exists()
