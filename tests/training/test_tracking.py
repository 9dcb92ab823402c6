"""The terminal's lines and bar; what each tracker has written is read back from its own files."""

import io
import json
import struct
import sys

import pytest

from archbench.base.errors import Refused
from archbench.training import tracking
from archbench.training.tracking import flatten, must_be_installed, open_tracker

SETTINGS = {"architecture": "mlp", "recipe": {"lr": 0.1, "options": {"widths": [64, 256]}}}
FLAT = {"architecture": "mlp", "recipe.lr": 0.1, "recipe.options.widths": "[64, 256]"}
NAMES = ("train_loss", "lr", "validation_accuracy")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(tracking.progress_bar(range(3), "epoch 1", total=3)) == [0, 1, 2]
    assert "epoch 1" in terminal.getvalue()


def test_plain_lines_elsewhere(capsys):
    assert list(tracking.progress_bar(range(3), "epoch 1", total=3)) == [0, 1, 2]
    tracking.print_line("epoch 1/3")
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out == "epoch 1/3\n"


def row(epoch: int, worth: float = 0.0) -> dict[str, float]:
    return {"epoch": epoch, **dict.fromkeys(NAMES, epoch + worth)}


class Killed(Exception):
    pass


def train(kind, directory, *rows, killed=False):
    with open_tracker(kind, directory, SETTINGS) as log:
        for each in rows:
            log(each)
        if killed:
            raise Killed


def train_in_two_parts(kind, directory):
    """The state after the second epoch was not saved: the epoch is trained again."""
    with pytest.raises(Killed):
        train(kind, directory, row(1), row(2), killed=True)
    train(kind, directory, row(1), row(2, worth=0.5), row(3))


def test_no_tracker_writes_nothing(tmp_path):
    train("none", tmp_path / "mlp-0", row(1))
    assert not list(tmp_path.iterdir())


def test_settings_are_flat():
    nested = {"a": 1, "b": {"c": None, "d": {"e": True, "f": [1, 2]}}}
    assert flatten(nested) == {"a": 1, "b.c": None, "b.d.e": True, "b.d.f": "[1, 2]"}


@pytest.mark.parametrize("kind", ["tensorboard", "wandb"])
def test_a_missing_package_is_refused_before_training(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(tracking, "find_spec", lambda name: None)
    with pytest.raises(Refused, match=rf"pip install --editable '\.\[{kind}\]'$"):
        open_tracker(kind, tmp_path, SETTINGS)
    must_be_installed("none")


class TestTensorBoard:
    @pytest.fixture(autouse=True)
    def _installed(self):
        pytest.importorskip("tensorboard", reason="needs the extra archbench[tensorboard]")

    def read(self, directory):
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        return EventAccumulator(str(directory)).Reload()

    def curve(self, directory, name):
        return [(event.step, event.value) for event in self.read(directory).Scalars(name)]

    def settings(self, directory):
        """The settings that the HPARAMS tab shows, and whether the run is said to be over."""
        from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

        noted = self.read(directory).PluginTagToContent("hparams")
        content = noted["_hparams_/session_start_info"]
        hparams = HParamsPluginData.FromString(content).session_start_info.hparams
        values = {key: getattr(value, value.WhichOneof("kind")) for key, value in hparams.items()}
        return values, "_hparams_/session_end_info" in noted

    def test_every_column_of_every_epoch(self, tmp_path):
        train("tensorboard", tmp_path, row(1), row(2))
        assert set(self.read(tmp_path).Tags()["scalars"]) == set(NAMES)
        for name in NAMES:
            assert self.curve(tmp_path, name) == [(1, 1.0), (2, 2.0)]
        assert self.settings(tmp_path) == (FLAT, True)

    def test_an_epoch_is_on_the_disk_while_training_goes_on(self, tmp_path):
        with open_tracker("tensorboard", tmp_path, SETTINGS) as log:
            log(row(1))
            assert self.curve(tmp_path, "lr") == [(1, 1.0)]

    def test_a_failed_run_is_kept_and_not_said_to_be_over(self, tmp_path):
        with pytest.raises(Killed):
            train("tensorboard", tmp_path, row(1), killed=True)
        assert self.curve(tmp_path, "lr") == [(1, 1.0)]
        assert self.settings(tmp_path) == (FLAT, False)

    def test_a_resumed_run_is_one_curve(self, tmp_path):
        train_in_two_parts("tensorboard", tmp_path)
        assert self.curve(tmp_path, "lr") == [(1, 1.0), (2, 2.5), (3, 3.0)]


class TestWandb:
    @pytest.fixture(autouse=True)
    def _offline(self, monkeypatch):
        pytest.importorskip("wandb", reason="needs the extra archbench[wandb]")
        monkeypatch.setenv("WANDB_MODE", "offline")
        monkeypatch.setenv("WANDB_SILENT", "true")
        monkeypatch.delenv("WANDB_PROJECT", raising=False)

    def runs(self, directory):
        """The messages of each process, the oldest first."""
        import wandb

        wandb.teardown()  # what its own process still buffers goes to the disk
        files = sorted(directory.glob("wandb/offline-run-*/*.wandb"))
        return [list(messages(file)) for file in files]

    def curve(self, run, name):
        rows = [values(message.history.item) for message in run if message.HasField("history")]
        return [(row["_step"], row[name]) for row in rows]

    def test_every_column_of_every_epoch(self, tmp_path):
        train("wandb", tmp_path / "mlp-0-key", row(1), row(2))
        [run] = self.runs(tmp_path / "mlp-0-key")
        for name in ("epoch", *NAMES):
            assert self.curve(run, name) == [(1, 1.0), (2, 2.0)]
        [begun] = [message.run for message in run if message.HasField("run")]
        assert begun.project == "archbench"
        assert values(begun.config.update).items() >= FLAT.items()

    def test_a_failed_run_is_kept_and_said_to_have_failed(self, tmp_path):
        with pytest.raises(Killed):
            train("wandb", tmp_path / "mlp-0-key", row(1), killed=True)
        [run] = self.runs(tmp_path / "mlp-0-key")
        assert self.curve(run, "lr") == [(1, 1.0)]
        assert run[-1].exit.exit_code == 1

    def test_a_resumed_run_is_the_same_run(self, tmp_path):
        train_in_two_parts("wandb", tmp_path / "mlp-0-key")
        _, second = runs = self.runs(tmp_path / "mlp-0-key")
        begun = [message.run for run in runs for message in run if message.HasField("run")]
        assert [(run.run_id, run.resume) for run in begun] == [("mlp-0-key", True)] * 2
        assert self.curve(second, "lr") == [(1, 1.0), (2, 2.5), (3, 3.0)]

    def test_epochs_that_the_server_has_are_not_sent_again(self, tmp_path, monkeypatch):
        import wandb

        monkeypatch.setattr(wandb.Run, "starting_step", 3)
        train("wandb", tmp_path / "mlp-0-key", row(1), row(2), row(3))
        [run] = self.runs(tmp_path / "mlp-0-key")
        assert self.curve(run, "lr") == [(3, 3.0)]

    def test_no_key_is_refused_before_training(self, tmp_path, monkeypatch):
        monkeypatch.setenv("WANDB_MODE", "online")
        monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.delenv("WANDB_API_KEY", raising=False)
        with pytest.raises(Refused, match="tracker: wandb: No API key"):
            train("wandb", tmp_path / "mlp-0-key", row(1))


def messages(path):
    """A W&B file: seven bytes, then each message after its checksum, length and kind.

    Kind 1 is a whole message; a file below 32 kB has no other.
    """
    from wandb.proto.wandb_internal_pb2 import Record

    content, position = path.read_bytes(), 7
    while position < len(content):
        length, kind = struct.unpack_from("<HB", content, position + 4)
        assert kind == 1
        position += 7 + length
        yield Record.FromString(content[position - length : position])


def values(items):
    """W&B writes the name of a value in one field or in another."""
    return {item.key or item.nested_key[0]: json.loads(item.value_json) for item in items}
