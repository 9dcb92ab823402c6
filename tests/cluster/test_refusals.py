"""What cannot work is refused in one line, before Ray starts and before anything runs."""

import socket
from pathlib import Path

import pytest
import tiny_pipeline
from tiny_pipeline import git

from archbench import cli
from archbench.base.errors import Refused
from archbench.cluster import elsewhere, engine

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:dvc.*")


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    tiny_pipeline.make(tmp_path)
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "all")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--workers", "0"], "--workers 0: should be at least 1"),
        (["--cpus-per-cell", "0"], "--cpus-per-cell 0: should be at least 1"),
        (["--gpus-per-cell", "-1"], "--gpus-per-cell -1: should be 0 or more"),
    ],
)
def test_options(root, capsys, words, line):
    assert refusal(capsys, *words) == line


def test_a_changed_file(root, capsys):
    (root / "source").write_text("other\n")
    assert refusal(capsys).startswith("source: not as in git's last commit")


def test_no_ray(root, capsys, monkeypatch):
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    assert refusal(capsys).endswith("not installed; run: pip install --editable '.[cluster]'")


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:{port}", "no.such.host.invalid:6379"])
def test_no_head(root, capsys, address):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = address.format(port=port)
    line = refusal(capsys, "--address", given)
    assert line.startswith(f"--address {given}: no Ray head answers there (")
    assert line.endswith("should be auto, or host:port of what `ray start --head` names")


@pytest.mark.parametrize(
    ("cpus", "gpus", "line"),
    [
        (9, 0.0, "--cpus-per-cell 9: should be at most 8, the CPUs of the largest machine"),
        (8, 3.0, "--gpus-per-cell 3: should be at most 2, the GPUs of the largest machine"),
    ],
)
def test_more_than_any_machine_has(monkeypatch, cpus, gpus, line):
    monkeypatch.setattr(engine, "_most", {"CPU": 8.0, "GPU": 2.0}.get)
    engine.refuse_too_large(8, 2.0)
    with pytest.raises(Refused) as refused:
        engine.refuse_too_large(cpus, gpus)
    assert str(refused.value) == line


@pytest.mark.parametrize(("there", "gpus"), [(0.0, 0.0), (4.0, 1.0)])
def test_a_cell_takes_a_gpu_where_there_are_some(monkeypatch, there, gpus):
    monkeypatch.setattr(engine, "_most", lambda kind: there)
    assert engine.gpus_of(None) == gpus
    assert engine.gpus_of(0.5) == 0.5


def test_no_remote_for_machines_that_do_not_see_the_folder(root):
    with pytest.raises(Refused, match=r"DVC has no default remote .* run dvc remote add --default"):
        elsewhere.refuse_what_stays_here()


def refusal(capsys, *words: str) -> str:
    with pytest.raises(SystemExit) as end:
        cli.main(["launch", *words])
    assert end.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line
